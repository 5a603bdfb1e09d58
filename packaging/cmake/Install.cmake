# What cmake --install installs (components Runtime and Development), and what `make build` leaves in SAFE_OUTPUT_DIR.
#
# A consumer finds the library by pkg-config (safe.pc), by find_package(safe) or by add_subdirectory; with the first two
# the prefix may be moved afterwards: both compute it from their own place.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(SAFE_TEMPLATES ${CMAKE_CURRENT_LIST_DIR}/templates)
set(SAFE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/safe)

# What a static libsafe needs of the system. libsodium and SQLite are in libsafe.a unless they are the system's.
set(SAFE_STATIC_LIBS -lstdc++ -lm -lpthread -ldl)
set(SAFE_STATIC_REQUIRES "")
if(SAFE_SYSTEM_LIBS)
  set(SAFE_STATIC_REQUIRES "libsodium sqlite3")
  list(PREPEND SAFE_STATIC_LIBS -lsodium -lsqlite3)
endif()
list(JOIN SAFE_STATIC_LIBS " " SAFE_STATIC_LIBS_TEXT)

if(TARGET safe)
  get_target_property(SAFE_SOVERSION safe SOVERSION)
  install(TARGETS safe
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Runtime NAMELINK_COMPONENT Development)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/capi/include/safe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          COMPONENT Development FILES_MATCHING PATTERN "*.h")

  file(RELATIVE_PATH SAFE_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  configure_file(${SAFE_TEMPLATES}/safe.pc.in ${PROJECT_BINARY_DIR}/install/safe.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/install/safe.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT Development)

  configure_package_config_file(${SAFE_TEMPLATES}/safeConfig.cmake.in ${PROJECT_BINARY_DIR}/install/safeConfig.cmake
                                INSTALL_DESTINATION ${SAFE_CMAKE_DIR}
                                PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/install/safeConfigVersion.cmake COMPATIBILITY SameMajorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/install/safeConfig.cmake ${PROJECT_BINARY_DIR}/install/safeConfigVersion.cmake
          DESTINATION ${SAFE_CMAKE_DIR} COMPONENT Development)
endif()
