# Run by `cmake --install`: in the installed pages, what commands name is where it lies in this installation. `share` and `bin` are set.
set(pages $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${share}/doc/outcry)
set(data ${CMAKE_INSTALL_PREFIX}/${share}/outcry)
file(GLOB files ${pages}/README.md ${pages}/docs/*.md)
foreach(file ${files})
    file(READ ${file} text)
    string(REPLACE "build/release/sdk/examples/" "" text "${text}")
    string(REPLACE "build/release/outcry" "${CMAKE_INSTALL_PREFIX}/${bin}/outcry" text "${text}")
    string(REPLACE "sdk/examples/" "${data}/examples/" text "${text}")
    string(REPLACE "etc/outcry.conf" "${data}/outcry.conf" text "${text}")
    string(REGEX REPLACE "([ `(])strategies/" "\\1${data}/strategies/" text "${text}")
    string(REGEX REPLACE "( --[a-z]+|replay|report|diff) build/" "\\1 " text "${text}")
    string(REPLACE " build/guide-" " guide-" text "${text}")
    string(REPLACE "history.folder=build/history" "history.folder=history" text "${text}")
    if(file MATCHES "README.md$")
        string(REGEX REPLACE "\n## Two commands.*\n## First steps\n" "
This is the copy of an installation under ${CMAKE_INSTALL_PREFIX}: strategies, examples and the configuration lie in ${data}. A plugin
`NAME.so` of the examples is made there:

    cmake -S ${data}/examples/risk_maxqty -B build -DCMAKE_PREFIX_PATH=${CMAKE_INSTALL_PREFIX} && cmake --build build

## First steps
" text "${text}")
        string(REPLACE "The program is `${CMAKE_INSTALL_PREFIX}/${bin}/outcry`; it runs in place with its plugins." "The program is
`${CMAKE_INSTALL_PREFIX}/${bin}/outcry`." text "${text}")
    endif()
    file(WRITE ${file} "${text}")
endforeach()
