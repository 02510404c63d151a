target_link_libraries(${target} PRIVATE outcry_base ZLIB::ZLIB)
