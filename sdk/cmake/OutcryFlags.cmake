# Flags of the house: every warning an error, no value-changing float options, hardened release. At -O3 the flow analysis behind
# -Wnull-dereference errs over inlined lookups: the other builds show it, and clang-tidy and cppcheck hold it.
find_package(Threads REQUIRED)
set(OUTCRY_WARNINGS
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wswitch-enum -Werror
    $<$<NOT:$<CONFIG:Release>>:-Wnull-dereference> -Wno-error=null-dereference $<$<C_COMPILER_ID:GNU>:-Wno-format-truncation> $<$<C_COMPILER_ID:GNU>:-Wno-stringop-truncation>)
# __int128 is the exact product of two units; -Wpedantic needs the __extension__ spelling in base/num.h.
add_compile_options(-ffp-contract=off -fno-strict-aliasing -fno-common -fvisibility=hidden)
add_compile_definitions(_GNU_SOURCE)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(OUTCRY_RELEASE=1) # fault points of base/fault.h vanish
    add_compile_options(-fstack-protector-strong -fcf-protection)
    add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()
# Fat objects: the program is optimised over all rooms, the tests link the same objects without that.
if(OUTCRY_LTO AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(OUTCRY_LTO_COMPILE -flto=auto -ffat-lto-objects)
    set(OUTCRY_LTO_LINK -flto=auto -fuse-linker-plugin)
endif()
if(OUTCRY_ASAN)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
    add_compile_definitions(OUTCRY_SANITIZER=1)
elseif(OUTCRY_TSAN) # gcc's flow analysis errs in instrumented code (PR 80635 and kin); the release build keeps the warning
    list(APPEND OUTCRY_WARNINGS -Wno-error=maybe-uninitialized)
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
    add_compile_definitions(OUTCRY_SANITIZER=1)
endif()
if(OUTCRY_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=address,undefined)
    add_compile_definitions(OUTCRY_SANITIZER=1)
endif()
if(OUTCRY_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
    add_compile_definitions(OUTCRY_COVERAGE=1)
endif()
