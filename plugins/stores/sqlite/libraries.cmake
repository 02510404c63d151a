# Linked statically, as a plugin needs the C library alone: what it stores does not change with the system's SQLite.
target_link_libraries(${target} PRIVATE -l:libsqlite3.a m ${CMAKE_DL_LIBS})
target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
