"""The reader of the headers refuses every declaration that the law of the interface does not allow, and says where."""

from __future__ import annotations

import unittest

from support import Headers, model

ERROR = "safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE"
SINCE = 'SAFE_SINCE("1.0")'


class Law(unittest.TestCase):
    def breach(
        self,
        declaration: str,
        *expected: str,
        name: str = "safe_key_wish",
        header: str = "key.h",
        documented: bool = True,
    ) -> None:
        """The declaration is refused with a message that names header, line and function, and says what is wrong."""
        with Headers() as headers:
            line = headers.declare(("/* A wish. */\n" if documented else "") + declaration, header)
            where = f"{header}:{line + 1 if documented else line}: {name}: "
            with self.assertRaises(model.BadHeaders) as caught:
                headers.model()
            message = str(caught.exception)
            self.assertIn(where, message)
            for text in expected:
                self.assertIn(text, message)
            self.assertEqual(message.count("\n"), 0, f"one breach, one line: {message}")

    def wish(self, params: str, result: str = "safe_status", after: str = "") -> str:
        return f"SAFE_API {result} safe_key_wish({params}){after} {SINCE};"

    def test_the_headers_obey_it(self) -> None:
        with Headers() as headers:
            self.assertGreater(len(headers.model()["functions"]), 100)

    def test_a_lawful_declaration_is_taken(self) -> None:
        with Headers() as headers:
            headers.declare(
                "/* A wish. */\n"
                + self.wish(
                    "const safe_key *key, const uint8_t *data SAFE_LEN(\"size\"), size_t size,"
                    f" uint32_t flags SAFE_ENUM(\"safe_put_flag\"), uint64_t *out SAFE_OUT, {ERROR}"
                )
            )
            names = [function["name"] for function in headers.model()["functions"]]
            self.assertIn("safe_key_wish", names)

    def test_input_bytes_without_length(self) -> None:
        self.breach(self.wish(f"const uint8_t *data, size_t size, {ERROR}"), "'data'", "SAFE_LEN")

    def test_text_without_str(self) -> None:
        self.breach(self.wish(f"const char *label, {ERROR}"), "'label'", "SAFE_STR")

    def test_output_without_out(self) -> None:
        self.breach(self.wish(f"uint64_t *value, {ERROR}"), "'value'", "SAFE_OUT")

    def test_output_array_without_out(self) -> None:
        self.breach(self.wish(f"uint8_t address[32], {ERROR}"), "'address'", "SAFE_OUT")

    def test_output_handle_that_nobody_owns(self) -> None:
        self.breach(self.wish(f"safe_key **out SAFE_OUT, {ERROR}"), "SAFE_OWNED or SAFE_BORROWED")

    def test_mutable_text(self) -> None:
        self.breach(self.wish(f"char *text SAFE_STR, {ERROR}"), "a pointer to 'char'")

    def test_pointer_to_anything(self) -> None:
        self.breach(self.wish(f"const void *data, {ERROR}"), "a pointer to 'const void'")

    def test_unknown_annotation(self) -> None:
        self.breach(
            self.wish(f'const safe_key *key SAFE_ANNOTATE_("maybe"), {ERROR}'), "unknown annotation 'maybe'"
        )

    def test_annotation_in_the_wrong_place(self) -> None:
        self.breach(self.wish(f"const safe_key *key SAFE_STR, {ERROR}"), "'key'", "SAFE_STR means nothing here")

    def test_struct_by_value(self) -> None:
        with Headers() as headers:
            headers.declare("struct wish_s { int a; };\n/* A wish. */\n" + self.wish(f"struct wish_s wish, {ERROR}"))
            with self.assertRaises(model.BadHeaders) as caught:
                headers.model()
            self.assertIn("wish_s: a struct layout would cross the interface", str(caught.exception))
            self.assertIn("safe_key_wish: parameter 'wish': a struct by value", str(caught.exception))

    def test_platform_sized_integers(self) -> None:
        self.breach(self.wish(f"long count, {ERROR}"), "type 'long' is not part of the model")

    def test_function_without_api(self) -> None:
        self.breach(f"safe_status safe_key_wish({ERROR}) {SINCE};", "SAFE_API at the start of a line")

    def test_function_without_since(self) -> None:
        self.breach(f"SAFE_API safe_status safe_key_wish({ERROR});", "SAFE_SINCE")

    def test_function_without_comment(self) -> None:
        self.breach(self.wish(ERROR), "no comment above it", documented=False)

    def test_neighbours_share_a_comment(self) -> None:
        with Headers() as headers:
            headers.declare("/* Wishes. */\n" + self.wish(ERROR) + "\n" + self.wish(ERROR).replace("wish", "wishes"))
            functions = {function["name"]: function for function in headers.model()["functions"]}
            self.assertEqual(functions["safe_key_wishes"]["doc"], "Wishes.")

    def test_function_of_another_name(self) -> None:
        self.breach(f"SAFE_API safe_status wish({ERROR}) {SINCE};", "begin with safe_", name="wish")

    def test_async_without_result_type(self) -> None:
        self.breach(f"SAFE_API safe_op *safe_key_wish(safe_client *client) SAFE_OWNED {SINCE};", "SAFE_ASYNC")

    def test_async_with_an_unknown_result_type(self) -> None:
        self.breach(
            f'SAFE_API safe_op *safe_key_wish(safe_client *client) SAFE_ASYNC("wish") SAFE_OWNED {SINCE};',
            "SAFE_ASYNC names 'wish'",
        )

    def test_async_result_that_nothing_takes(self) -> None:
        self.breach(
            f'SAFE_API safe_op *safe_key_wish(safe_client *client) SAFE_ASYNC("key") SAFE_OWNED {SINCE};',
            "no safe_op_take_key",
        )

    def test_handle_without_free(self) -> None:
        with Headers() as headers:
            headers.declare("typedef struct safe_wish_s safe_wish;")
            with self.assertRaisesRegex(model.BadHeaders, "safe_wish: a handle type without safe_wish_free"):
                headers.model()

    def test_free_of_another_shape(self) -> None:
        self.breach(
            f"SAFE_API void safe_wish_free(safe_key *key) {SINCE};", "a free function is", name="safe_wish_free"
        )

    def test_object_not_first(self) -> None:
        self.breach(self.wish(f"uint64_t count, safe_key *key, {ERROR}"), "order: the object comes first")

    def test_length_not_beside_its_pointer(self) -> None:
        self.breach(
            self.wish(f'const uint8_t *data SAFE_LEN("size"), uint64_t offset, size_t size, {ERROR}'),
            "its length 'size' is not beside it",
        )

    def test_length_that_is_no_parameter(self) -> None:
        self.breach(self.wish(f'const uint8_t *data SAFE_LEN("extent"), size_t size, {ERROR}'), "no parameter")

    def test_flags_after_outputs(self) -> None:
        self.breach(
            self.wish(f'uint64_t *out SAFE_OUT, uint32_t flags SAFE_ENUM("safe_put_flag"), {ERROR}'),
            "'flags' comes too late",
        )

    def test_inputs_after_flags(self) -> None:
        self.breach(
            self.wish(f'uint32_t flags SAFE_ENUM("safe_put_flag"), uint64_t count, {ERROR}'), "'count' comes too late"
        )

    def test_error_not_last(self) -> None:
        self.breach(self.wish(f"{ERROR}, uint64_t *out SAFE_OUT"), "'out' comes too late")

    def test_status_without_error(self) -> None:
        self.breach(self.wish("const safe_key *key"), "no error parameter")

    def test_error_without_status(self) -> None:
        self.breach(self.wish(ERROR, result="void"), "does not return safe_status")

    def test_unknown_enum(self) -> None:
        self.breach(self.wish(f'uint32_t flags SAFE_ENUM("safe_wish_flag"), {ERROR}'), "no enum 'safe_wish_flag'")

    def test_borrowed_text_without_owner(self) -> None:
        self.breach(f"SAFE_API const char *safe_key_wish(const safe_key *key) SAFE_STR {SINCE};", "SAFE_BORROWED")

    def test_bytes_given_out_without_length(self) -> None:
        self.breach(
            f"SAFE_API const uint8_t *safe_key_wish(const safe_key *key) SAFE_BORROWED {SINCE};", "SAFE_LEN_FN"
        )

    def test_length_function_of_another_object(self) -> None:
        self.breach(
            "SAFE_API const uint8_t *safe_key_wish(const safe_key *key)"
            f' SAFE_LEN_FN("safe_bytes_size") SAFE_BORROWED {SINCE};',
            "no such function of the same object",
        )

    def test_callback_without_user_data(self) -> None:
        self.breach(self.wish(f"safe_log_fn sink SAFE_CALLBACK, {ERROR}"), "followed by its user data", header="library.h")

    def test_constant_that_is_no_integer(self) -> None:
        with Headers() as headers:
            headers.declare('#define SAFE_WISH "text"')
            with self.assertRaisesRegex(model.BadHeaders, "SAFE_WISH: a constant must be one integer"):
                headers.model()

    def test_header_that_safe_h_forgets(self) -> None:
        with Headers() as headers:
            headers.path("wish.h").write_text("/* A wish. */\n", encoding="utf-8")
            with self.assertRaisesRegex(model.BadHeaders, "wish.h:1: safe/safe.h does not include it"):
                headers.model()

    def test_what_does_not_compile(self) -> None:
        with Headers() as headers:
            headers.declare("SAFE_API safe_status safe_key_wish(safe_wish *wish);")
            with self.assertRaisesRegex(model.BadHeaders, "unknown type name 'safe_wish'"):
                headers.model()


if __name__ == "__main__":
    unittest.main()
