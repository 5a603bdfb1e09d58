# What cmake --install installs, and the target `product`, which is what users get of a build.
#
# Components: Runtime (the shared library), Development (headers, archive, safe.pc, CMake package,
# function reference), Tools (the safe tool).
# The Python module has its own way to users, the wheel (packaging/wheel), and so has the Java package, the jar. safe.pc and the CMake package compute the prefix
# from their own place, so an installed tree may be moved.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(SAFE_TEMPLATES ${CMAKE_CURRENT_LIST_DIR}/templates)
set(SAFE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/safe)

# What libsafe.a needs of the system: libsodium and SQLite are in it unless they are to be the system's.
set(SAFE_STATIC_LIBS -lstdc++ -lm -lpthread)
set(SAFE_STATIC_REQUIRES "")
if(SAFE_SYSTEM_LIBS)
  set(SAFE_STATIC_REQUIRES "libsodium sqlite3")
  list(PREPEND SAFE_STATIC_LIBS -lsodium -lsqlite3)
endif()
list(JOIN SAFE_STATIC_LIBS " " SAFE_STATIC_LIBS_TEXT)
get_target_property(SAFE_SOVERSION safe SOVERSION)
get_target_property(SAFE_ARCHIVE safe_static IMPORTED_LOCATION)

install(TARGETS safe LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Runtime NAMELINK_COMPONENT Development)
install(FILES ${SAFE_ARCHIVE} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/capi/include/safe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT Development
        FILES_MATCHING PATTERN "*.h")

file(RELATIVE_PATH SAFE_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${SAFE_TEMPLATES}/safe.pc.in ${PROJECT_BINARY_DIR}/install/safe.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/install/safe.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT Development)

configure_package_config_file(
  ${SAFE_TEMPLATES}/safeConfig.cmake.in ${PROJECT_BINARY_DIR}/install/safeConfig.cmake
  INSTALL_DESTINATION ${SAFE_CMAKE_DIR}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/install/safeConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/install/safeConfig.cmake ${PROJECT_BINARY_DIR}/install/safeConfigVersion.cmake
        DESTINATION ${SAFE_CMAKE_DIR} COMPONENT Development)

if(TARGET safe_cli)
  # Found wherever the prefix is; the Debian package takes it out again, since there the loader knows the place.
  file(RELATIVE_PATH to_libraries /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_LIBDIR})
  set_target_properties(safe_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
  install(TARGETS safe_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT Tools)

  # Shells find these where they look for those of packages.
  set(bash_place bash-completion/completions/safe)
  set(zsh_place zsh/vendor-completions/_safe)
  set(fish_place fish/vendor_completions.d/safe.fish)
  foreach(shell bash zsh fish)
    set(script ${PROJECT_BINARY_DIR}/install/completion.${shell})
    add_custom_command(OUTPUT ${script} COMMAND safe_cli completion ${shell} > ${script} DEPENDS safe_cli
                       COMMENT "Completion for ${shell}" VERBATIM)
    list(APPEND completions ${script})
    get_filename_component(folder ${${shell}_place} DIRECTORY)
    get_filename_component(name ${${shell}_place} NAME)
    install(FILES ${script} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} RENAME ${name} COMPONENT Tools)
  endforeach()
  set(man ${PROJECT_BINARY_DIR}/install/safe.1)
  add_custom_command(OUTPUT ${man} COMMAND safe_cli help --man > ${man} DEPENDS safe_cli COMMENT "Manual page" VERBATIM)
  install(FILES ${man} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT Tools)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/systemd/safe-vault.service DESTINATION lib/systemd/system COMPONENT Tools)
  add_custom_target(safe_completions ALL DEPENDS ${completions} ${man})
endif()

if(TARGET safe_reference)
  install(DIRECTORY ${SAFE_REFERENCE_DIR} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libsafe COMPONENT Development OPTIONAL)
endif()

set(parts safe safe_archive safe_headers safe_cpp_headers)
foreach(target safe_cli safe_completions safe_python safe_jar safe_csharp_assembly safe_rust safe_reference)
  if(TARGET ${target})
    list(APPEND parts ${target})
  endif()
endforeach()
if(NOT TARGET product)
  add_custom_target(product DEPENDS ${parts})
endif()
