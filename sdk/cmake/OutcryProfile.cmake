# OUTCRY_PROFILE: the program is compiled with a profile (gcc) that the build records first: the same tree, made with counters
# in a folder of its own, does what tests/bench/train.sh says. What is counted is found again by the object's name below the folder.
if(NOT OUTCRY_PROFILE AND NOT OUTCRY_PROFILE_RECORDS)
    return()
endif()
if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "a profile is recorded with gcc only: not supported with ${CMAKE_C_COMPILER_ID}")
endif()
if(OUTCRY_PROFILE_RECORDS)
    set(OUTCRY_PROFILE_COMPILE -fprofile-generate=${CMAKE_BINARY_DIR}/counts -fprofile-prefix-path=${CMAKE_BINARY_DIR} -fprofile-update=single)
    set(OUTCRY_PROFILE_LINK -fprofile-generate)
    return()
endif()
set(recorder ${CMAKE_BINARY_DIR}/recorder)
set(OUTCRY_PROFILE_STAMP ${recorder}/recorded)
file(GLOB_RECURSE recorded CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/host/*.[ch] ${CMAKE_CURRENT_SOURCE_DIR}/sdk/include/*.h)
add_custom_command(OUTPUT ${OUTCRY_PROFILE_STAMP} VERBATIM
    COMMENT "recording the profile: a build with counters, and what it is trained with"
    COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_SOURCE_DIR} -B ${recorder} -G ${CMAKE_GENERATOR} -DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}
        -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_C_FLAGS_RELEASE=${CMAKE_C_FLAGS_RELEASE} -DOUTCRY_PROFILE_RECORDS=ON -DBUILD_TESTING=OFF
    COMMAND ${CMAKE_COMMAND} --build ${recorder}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${recorder}/counts
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/tests/bench/train.sh ${recorder}/outcry
    COMMAND ${CMAKE_COMMAND} -E touch ${OUTCRY_PROFILE_STAMP}
    DEPENDS ${recorded} ${CMAKE_CURRENT_SOURCE_DIR}/tests/bench/train.sh)
set(OUTCRY_PROFILE_COMPILE -fprofile-use=${recorder}/counts -fprofile-prefix-path=${CMAKE_BINARY_DIR} -fprofile-partial-training
    -Wno-missing-profile)
