/* C#: how each kind of parameter crosses. Arrays of bytes are pinned for the call. */
%define SAFE_NUMBER(TYPE, CS)
%typemap(ctype) TYPE "TYPE"
%typemap(imtype) TYPE "CS"
%typemap(cstype) TYPE "CS"
%typemap(in) TYPE %{ $1 = $input; %}
%typemap(out) TYPE %{ $result = $1; %}
%typemap(csin) TYPE "$csinput"
%typemap(csout) TYPE { return $imcall; }
%typemap(ctype) TYPE * "TYPE *"
%typemap(imtype) TYPE * "out CS"
%typemap(cstype) TYPE * "out CS"
%typemap(in) TYPE * %{ $1 = $input; %}
%typemap(csin) TYPE * "out $csinput"
%enddef
SAFE_NUMBER(int32_t, int)
SAFE_NUMBER(uint32_t, uint)
SAFE_NUMBER(int64_t, long)
SAFE_NUMBER(uint64_t, ulong)
SAFE_NUMBER(size_t, global::System.UIntPtr)
%typemap(cstype) size_t "ulong"
%typemap(csin) size_t "(global::System.UIntPtr)$csinput"
%typemap(csout) size_t { return (ulong)$imcall; }

/* Both classes are seen by those on top of them alone. SWIG's own helpers, by which native code would call delegates, are
 * left out on its command line (SWIG_CSHARP_NO_...). */
%pragma(csharp) moduleclassmodifiers="internal static class"
%pragma(csharp) imclassclassmodifiers="internal static class"
%pragma(csharp) modulecode=%{
  static Ffi() { Loader.Load(); }
%}

/* Addresses that only native code can make use of; handles that are not held; memory that the caller has pinned. */
%typemap(ctype) void *SAFE_HANDLE "void *"
%typemap(imtype) void *SAFE_HANDLE "global::System.IntPtr"
%typemap(cstype) void *SAFE_HANDLE "global::System.IntPtr"
%typemap(in) void *SAFE_HANDLE %{ $1 = ($1_ltype)$input; %}
%typemap(out) void *SAFE_HANDLE %{ $result = (void *)$1; %}
%typemap(csin) void *SAFE_HANDLE "$csinput"
%typemap(csout) void *SAFE_HANDLE { return $imcall; }

%typemap(ctype) void **SAFE_GIVEN "void **"
%typemap(imtype) void **SAFE_GIVEN "out global::System.IntPtr"
%typemap(cstype) void **SAFE_GIVEN "out global::System.IntPtr"
%typemap(in) void **SAFE_GIVEN %{ $1 = ($1_ltype)$input; %}
%typemap(csin) void **SAFE_GIVEN "out $csinput"

/* Handles: a class of its own for each type (capi/model/gen_csharp.py), held by the runtime for the call. */
%define SAFE_HELD(TYPE, CLASS)
%typemap(imtype) TYPE *, const TYPE * "CLASS"
%typemap(cstype) TYPE *, const TYPE * "CLASS"
%typemap(imtype) TYPE ** "out CLASS"
%typemap(cstype) TYPE ** "out CLASS"
%enddef

%typemap(ctype) const char *SAFE_TEXT "const char *"
%typemap(imtype, out="global::System.IntPtr") const char *SAFE_TEXT "byte[]"
%typemap(cstype) const char *SAFE_TEXT "string"
%typemap(in) const char *SAFE_TEXT %{ $1 = ($1_ltype)$input; %}
%typemap(out) const char *SAFE_TEXT %{ $result = $1; %}
%typemap(csin) const char *SAFE_TEXT "Crossing.Text($csinput)"
%typemap(csout) const char *SAFE_TEXT { return Crossing.Text($imcall); }
%typemap(freearg) const char *SAFE_TEXT ""

/* A pointer and its length become one Piece of an array: interface.i adds the typemaps that name the two (ctype, imtype, csin). */
%typemap(cstype) (const uint8_t *SAFE_IN, size_t SAFE_IN_SIZE), (uint8_t *SAFE_ROOM, size_t SAFE_ROOM_SIZE) "Piece"

%define SAFE_FIXED_ARRAY(PATTERN)
%typemap(ctype) PATTERN "uint8_t *"
%typemap(imtype) PATTERN "[global::System.Runtime.InteropServices.In, global::System.Runtime.InteropServices.Out] byte[]"
%typemap(cstype) PATTERN "byte[]"
%typemap(in) PATTERN %{ $1 = $input; %}
%typemap(freearg) PATTERN ""
%enddef
SAFE_FIXED_ARRAY(const uint8_t SAFE_FIXED[ANY])
SAFE_FIXED_ARRAY(uint8_t SAFE_FIXED_ROOM[ANY])

%typemap(ctype) const uint8_t *SAFE_BYTES "const void *"
%typemap(imtype) const uint8_t *SAFE_BYTES "global::System.IntPtr"
%typemap(cstype) const uint8_t *SAFE_BYTES "byte[]"
%typemap(out) const uint8_t *SAFE_BYTES %{ $result = $1; %}
