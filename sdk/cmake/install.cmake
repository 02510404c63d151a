# Install rules of the SDK: component `sdk` (cmake --install BUILD --component sdk).
include(CMakePackageConfigHelpers)
set(sdk_package ${CMAKE_INSTALL_LIBDIR}/cmake/Outcry)
file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/include/outcry/abi.h abi_lines REGEX "define OC_ABI_M(AJ|IN)OR")
string(REGEX REPLACE ".*OC_ABI_MAJOR ([0-9]+).*OC_ABI_MINOR ([0-9]+).*" "\\1.\\2" OUTCRY_ABI "${abi_lines}")
file(RELATIVE_PATH OUTCRY_PC_PREFIX /x/${CMAKE_INSTALL_LIBDIR}/pkgconfig /x)
string(REGEX REPLACE "/$" "" OUTCRY_PC_PREFIX "${OUTCRY_PC_PREFIX}")

configure_package_config_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/OutcryConfig.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/OutcryConfig.cmake
    INSTALL_DESTINATION ${sdk_package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/OutcryConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/outcry.pc.in ${CMAKE_CURRENT_BINARY_DIR}/outcry.pc @ONLY)

install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/outcry
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/OutcryConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/OutcryConfigVersion.cmake
    ${CMAKE_CURRENT_SOURCE_DIR}/cmake/OutcryPlugin.cmake
    DESTINATION ${sdk_package} COMPONENT sdk)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/outcry.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)
install(FILES ${CMAKE_SOURCE_DIR}/etc/outcry.conf DESTINATION ${CMAKE_INSTALL_DATADIR}/outcry COMPONENT sdk)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/strategies DESTINATION ${CMAKE_INSTALL_DATADIR}/outcry COMPONENT sdk
    FILES_MATCHING PATTERN "*.lua" PATTERN "*.conf")
install(CODE "set(share ${CMAKE_INSTALL_DATADIR})\nset(bin ${CMAKE_INSTALL_BINDIR})" COMPONENT sdk)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/outcry COMPONENT sdk
    FILES_MATCHING PATTERN "*.md")
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/LICENSE
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/outcry COMPONENT sdk)
# Their commands are shown with the paths of the source; an installed copy names what was installed.
install(SCRIPT ${CMAKE_CURRENT_SOURCE_DIR}/cmake/pages.cmake COMPONENT sdk)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/examples/
    DESTINATION ${CMAKE_INSTALL_DATADIR}/outcry/examples COMPONENT sdk)
