# SAFE_RUSTC: a Rust compiler that has the standard library of wasm32-unknown-unknown as well, or empty. The first one on
# the path may not: rustup installs that target on demand, Debian has it in a package.
function(safe_find_rustc)
  find_program(on_path rustc NO_CACHE)
  foreach(candidate ${on_path} /usr/bin/rustc)
    execute_process(COMMAND ${candidate} --print target-libdir --target wasm32-unknown-unknown
                    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    file(GLOB std "${folder}/libstd-*.rlib")
    if(NOT failed AND std)
      set(SAFE_RUSTC "${candidate}" CACHE FILEPATH "A Rust compiler for this machine and for wasm32-unknown-unknown")
      return()
    endif()
  endforeach()
endfunction()

if(NOT SAFE_RUSTC)
  safe_find_rustc()
endif()

if(SAFE_RUSTC AND NOT SAFE_RUSTDOC)
  get_filename_component(beside "${SAFE_RUSTC}" DIRECTORY)
  find_program(SAFE_RUSTDOC rustdoc PATHS "${beside}" NO_DEFAULT_PATH)
endif()
