/* skeleton_common.c: the text of the files that every `plugin new` writes. Strings of at most 4,095
 * bytes, in order. */
#include "load/skeleton.h"

#include <stddef.h>

/* clang-format off */
const char *const skeleton_cmake[] = {
    "# @NAME@: a plugin of the Outcry trading host.\n"
    "cmake_minimum_required(VERSION 3.20)\n"
    "project(@NAME@ LANGUAGES C)\n"
    "set(CMAKE_C_STANDARD 11)\n"
    "find_package(Outcry @ABI@ REQUIRED) # elsewhere than in the system: -DCMAKE_PREFIX_PATH=PREFIX\n"
    "\n"
    "outcry_add_plugin(@NAME@ SOURCES @NAME@.c)\n"
    "\n"
    "include(CTest)\n"
    "if(BUILD_TESTING)\n"
    "    add_executable(@NAME@_test @NAME@_test.c)\n"
    "    target_link_libraries(@NAME@_test PRIVATE Outcry::sdk)\n"
    "    add_test(NAME behaviour COMMAND @NAME@_test)\n"
    "    find_program(OUTCRY outcry)\n"
    "    if(OUTCRY)\n"
    "        add_test(NAME check COMMAND ${OUTCRY} plugin check $<TARGET_FILE:@NAME@>)\n"
    "    else()\n"
    "        message(WARNING \"the program `outcry` is not found: the test `check` is left out (-DOUTCRY=PATH)\")\n"
    "    endif()\n"
    "endif()\n",
    NULL,
};

const char *const skeleton_readme[] = {
    "# @NAME@\n"
    "\n"
    "A @KIND@ plugin for Outcry. A plugin is trusted code: it runs inside the host.\n"
    "\n"
    "    cmake -B build && cmake --build build    # SDK not in the system: add -DCMAKE_PREFIX_PATH=PREFIX\n"
    "    ctest --test-dir build --output-on-failure\n"
    "    outcry plugin info build/@NAME@.so\n"
    "\n"
    "What to change first: the id `org.example.@NAME@`, the licence and `about` at the end of `@NAME@.c`.\n",
    NULL,
};
/* clang-format on */
