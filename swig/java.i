/* Java: how each kind of parameter crosses. Arrays are copied, after all other arguments are there (check), and never pinned:
 * a pinned array holds up the collector, and Java 17 then fails allocations of other threads that would have succeeded
 * (JDK-8192647). Large content crosses in direct buffers, of which nothing is copied. */
%{
#include <stdlib.h>

/* Mistakes of the classes on top, not failures of the library: 0, with an IllegalArgumentException pending. */
static int safe_java_refuse(JNIEnv *jenv, const char *name, const char *why, long long wanted, long long given) {
    char message[200];
    jclass type = (*jenv)->FindClass(jenv, "java/lang/IllegalArgumentException");
    snprintf(message, sizeof message, "%s: %s %lld, not %lld", name, why, wanted, given);
    if (type) (*jenv)->ThrowNew(jenv, type, message);
    return 0;
}

static int safe_java_sized(JNIEnv *jenv, jarray array, jsize wanted, const char *name) {
    jsize given = array ? (*jenv)->GetArrayLength(jenv, array) : wanted;
    return given == wanted || safe_java_refuse(jenv, name, "its length is to be", wanted, given);
}

static int safe_java_is_u32(JNIEnv *jenv, jlong given, const char *name) {
    return (given >= 0 && given <= UINT32_MAX) || safe_java_refuse(jenv, name, "it is 0 to", UINT32_MAX, given);
}

/* What the array holds, to be freed; NULL for none. 0 with an OutOfMemoryError pending if there is no room. */
static int safe_java_copy(JNIEnv *jenv, jbyteArray array, void **copy) {
    jsize size = array ? (*jenv)->GetArrayLength(jenv, array) : 0;
    *copy = array ? malloc(size ? (size_t)size : 1) : NULL;
    if (*copy) {
        (*jenv)->GetByteArrayRegion(jenv, array, 0, size, *copy);
    } else if (array) {
        jclass type = (*jenv)->FindClass(jenv, "java/lang/OutOfMemoryError");
        if (type) (*jenv)->ThrowNew(jenv, type, "no native memory for the bytes of a call");
    }
    return *copy || !array;
}

static void safe_java_give(JNIEnv *jenv, jbyteArray array, const void *copy) {
    if (copy) (*jenv)->SetByteArrayRegion(jenv, array, 0, (*jenv)->GetArrayLength(jenv, array), copy);
}

static jbyteArray safe_java_bytes(JNIEnv *jenv, const void *data, size_t size) {
    jbyteArray bytes;
    if (!data || size > INT32_MAX) return NULL;
    bytes = (*jenv)->NewByteArray(jenv, (jsize)size);
    if (bytes) (*jenv)->SetByteArrayRegion(jenv, bytes, 0, (jsize)size, data);
    return bytes;
}
%}

/* Users see neither class. */
%pragma(java) moduleclassmodifiers="final class"
%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) jniclasscode=%{
  static { NativeLibrary.load(); }
%}

%define SAFE_NUMBER(TYPE, JNI, JAVA, ARRAY, KIND)
%typemap(jni) TYPE "JNI"
%typemap(jtype) TYPE "JAVA"
%typemap(jstype) TYPE "JAVA"
%typemap(in) TYPE %{ $1 = (TYPE)$input; %}
%typemap(out) TYPE %{ $result = (JNI)$1; %}
%typemap(javain) TYPE "$javainput"
%typemap(javaout) TYPE { return $jnicall; }
%typemap(jni) TYPE * "ARRAY"
%typemap(jtype) TYPE * "JAVA[]"
%typemap(jstype) TYPE * "JAVA[]"
%typemap(javain) TYPE * "$javainput"
%typemap(in) TYPE * (TYPE value = 0) %{
  if (!safe_java_sized(jenv, $input, 1, "$1_name")) return $null;
  $1 = $input ? &value : NULL;
%}
%typemap(freearg) TYPE * %{
  if ($input) {
    JNI given = (JNI)value$argnum;
    (*jenv)->Set##KIND##ArrayRegion(jenv, $input, 0, 1, &given);
  }
%}
%enddef
SAFE_NUMBER(int32_t, jint, int, jintArray, Int)
SAFE_NUMBER(uint32_t, jlong, long, jlongArray, Long)
SAFE_NUMBER(int64_t, jlong, long, jlongArray, Long)
SAFE_NUMBER(uint64_t, jlong, long, jlongArray, Long)
SAFE_NUMBER(size_t, jlong, long, jlongArray, Long)

%typemap(in) uint32_t %{
  if (!safe_java_is_u32(jenv, $input, "$1_name")) return $null;
  $1 = (uint32_t)$input;
%}

/* Handles; addresses that only native code can make use of. */
%typemap(jni) void *SAFE_HANDLE "jlong"
%typemap(jtype) void *SAFE_HANDLE "long"
%typemap(jstype) void *SAFE_HANDLE "long"
%typemap(in) void *SAFE_HANDLE %{ $1 = ($1_ltype)(intptr_t)$input; %}
%typemap(out) void *SAFE_HANDLE %{ $result = (jlong)(intptr_t)$1; %}
%typemap(javain) void *SAFE_HANDLE "$javainput"
%typemap(javaout) void *SAFE_HANDLE { return $jnicall; }

%typemap(jni) void **SAFE_GIVEN "jlongArray"
%typemap(jtype) void **SAFE_GIVEN "long[]"
%typemap(jstype) void **SAFE_GIVEN "long[]"
%typemap(javain) void **SAFE_GIVEN "$javainput"
%typemap(in) void **SAFE_GIVEN (void *value = NULL) %{
  if (!safe_java_sized(jenv, $input, 1, "$1_name")) return $null;
  $1 = $input ? ($1_ltype)&value : NULL;
%}
%typemap(freearg) void **SAFE_GIVEN %{
  if ($input) {
    jlong given = (jlong)(intptr_t)value$argnum;
    (*jenv)->SetLongArrayRegion(jenv, $input, 0, 1, &given);
  }
%}

%typemap(jni) const char *SAFE_TEXT "jbyteArray"
%typemap(jtype) const char *SAFE_TEXT "byte[]"
%typemap(jstype) const char *SAFE_TEXT "String"
%typemap(javain) const char *SAFE_TEXT "Crossing.text($javainput)"
%typemap(javaout) const char *SAFE_TEXT { return Crossing.text($jnicall); }
%typemap(in) const char *SAFE_TEXT %{ $1 = NULL; %}
%typemap(check) const char *SAFE_TEXT %{
  if (!safe_java_copy(jenv, $input, (void **)&$1)) return $null;
%}
%typemap(freearg) const char *SAFE_TEXT %{ free((void *)$1); %}
%typemap(out) const char *SAFE_TEXT %{ $result = safe_java_bytes(jenv, $1, $1 ? strlen($1) : 0); %}

%define SAFE_ARRAY(PATTERN)
%typemap(jni) PATTERN "jbyteArray"
%typemap(jtype) PATTERN "byte[]"
%typemap(jstype) PATTERN "byte[]"
%typemap(javain) PATTERN "$javainput"
%typemap(check) PATTERN %{
  if (!safe_java_copy(jenv, $input, (void **)&$1)) return $null;
%}
%typemap(freearg) PATTERN %{ free((void *)$1); %}
%enddef
SAFE_ARRAY((const uint8_t *SAFE_IN, size_t SAFE_IN_SIZE))
SAFE_ARRAY((uint8_t *SAFE_ROOM, size_t SAFE_ROOM_SIZE))
SAFE_ARRAY(const uint8_t SAFE_FIXED[ANY])
SAFE_ARRAY(uint8_t SAFE_FIXED_ROOM[ANY])
%typemap(argout) (uint8_t *SAFE_ROOM, size_t SAFE_ROOM_SIZE), uint8_t SAFE_FIXED_ROOM[ANY] %{
  safe_java_give(jenv, $input, $1);
%}
%typemap(in) (const uint8_t *SAFE_IN, size_t SAFE_IN_SIZE), (uint8_t *SAFE_ROOM, size_t SAFE_ROOM_SIZE) %{
  $1 = NULL;
  $2 = $input ? (size_t)(*jenv)->GetArrayLength(jenv, $input) : 0;
%}
%typemap(in) const uint8_t SAFE_FIXED[ANY], uint8_t SAFE_FIXED_ROOM[ANY] %{
  if (!safe_java_sized(jenv, $input, $1_dim0, "$1_name")) return $null;
  $1 = NULL;
%}

/* Kept by the operation: the caller holds on to the buffer until it has ended. */
%define SAFE_DIRECT(POINTER)
%typemap(jni) (POINTER SAFE_KEPT, size_t SAFE_KEPT_SIZE) "jobject"
%typemap(jtype) (POINTER SAFE_KEPT, size_t SAFE_KEPT_SIZE) "java.nio.ByteBuffer"
%typemap(jstype) (POINTER SAFE_KEPT, size_t SAFE_KEPT_SIZE) "java.nio.ByteBuffer"
%typemap(javain) (POINTER SAFE_KEPT, size_t SAFE_KEPT_SIZE) "Crossing.direct($javainput)"
%typemap(in) (POINTER SAFE_KEPT, size_t SAFE_KEPT_SIZE) %{
  $1 = $input ? ($1_ltype)(*jenv)->GetDirectBufferAddress(jenv, $input) : NULL;
  $2 = $input ? (size_t)(*jenv)->GetDirectBufferCapacity(jenv, $input) : 0;
%}
%enddef
SAFE_DIRECT(const uint8_t *)
SAFE_DIRECT(uint8_t *)

/* Memory of the library, to be written to: valid as long as its owner says. What fills in `given` knows the size. */
%typemap(jni) uint8_t **SAFE_MEMORY "jobjectArray"
%typemap(jtype) uint8_t **SAFE_MEMORY "java.nio.ByteBuffer[]"
%typemap(jstype) uint8_t **SAFE_MEMORY "java.nio.ByteBuffer[]"
%typemap(javain) uint8_t **SAFE_MEMORY "$javainput"
%typemap(in) uint8_t **SAFE_MEMORY (uint8_t *memory = NULL) %{
  if (!safe_java_sized(jenv, $input, 1, "$1_name")) return $null;
  $1 = $input ? &memory : NULL;
%}

%typemap(jni) const uint8_t *SAFE_BYTES "jbyteArray"
%typemap(jtype) const uint8_t *SAFE_BYTES "byte[]"
%typemap(jstype) const uint8_t *SAFE_BYTES "byte[]"
%typemap(javaout) const uint8_t *SAFE_BYTES { return $jnicall; }
