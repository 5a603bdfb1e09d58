# What all our own code is compiled with.
add_library(safe_flags INTERFACE)
target_compile_features(safe_flags INTERFACE cxx_std_20)
target_compile_options(
  safe_flags
  INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fvisibility=hidden
            -fvisibility-inlines-hidden
            -ffp-contract=off
            -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wno-missing-field-initializers
            # g++ 12 says this of every coroutine of Asio that it inlines.
            $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
            # libsafe.a exports safe_* and nothing else; unique symbols cannot be made local.
            $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>>)
if(SAFE_SANITIZE)
  # For everything, third parties' headers included: a program is sanitized whole or not at all.
  add_compile_options(-fsanitize=${SAFE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SAFE_SANITIZE})
  if(SAFE_SANITIZE STREQUAL "thread")
    add_compile_options(-Wno-tsan) # it says so of each of Boost's fences, which it does not understand
  endif()
endif()
# No binary says where it was built: assertions and debug information name files as from the root of the source tree.
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
add_compile_options(-ffile-prefix-map=${root}/=)
