target_link_libraries(${target} PRIVATE outcry_base ZLIB::ZLIB)
target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
