/* The C interface for SWIG: one static method per function, in a class Ffi that no user sees. The classes for users are
 * written on top of it (bindings/java, bindings/csharp).
 *
 * How a failure crosses: as in C. The status is returned, and the error is a handle in the last argument; classes on top
 * turn the two into an exception in one place. Nothing is thrown by native code, so no frame of C is ever unwound, no class
 * is looked up by name, no delegate is called back from C, no thread-local variable is involved (a Java virtual thread may
 * go on on another thread between two calls), and the details of an error stay readable until it is freed.
 *
 * Handles are plain numbers in Java (long), since the classes on top own their life (Cleaner) and the library itself knows the
 * type of each; in C# each type is a SafeHandle. Bytes are byte[] (copied in Java; in C# a piece of one, pinned). A buffer that an
 * operation keeps must not move, so it is a direct ByteBuffer in Java and an address in C#. Text is UTF-8 by our own hand:
 * JNI's is another.
 */
%module(imclassname="NativeMethods") Ffi

%{
#include <safe/safe.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>
%}

typedef signed int int32_t;
typedef unsigned int uint32_t;
typedef signed long long int64_t;
typedef unsigned long long uint64_t;
typedef unsigned long long size_t;
typedef int32_t safe_status;

#ifdef SWIGJAVA
%include "java.i"
#endif
#ifdef SWIGCSHARP
%include "csharp.i"
#endif
%include "interface.i"
