/* A program with a loop of its own: it works on until the operation has ended. No JavaScript of its own is needed. */
#include <safe/safe.h>
#include <safe_wasm.h>
#include <stdio.h>

static safe_op *ended(safe_op *op) {
    while (safe_op_state(op) == SAFE_OP_PENDING) safe_wasm_pump();
    return op;
}

int main(void) {
    const char content[] = "what a program keeps in a vault";
    safe_client *client = NULL;
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_bytes *bytes = NULL;
    safe_op *op = ended(safe_connect("mem:", 0));
    safe_status status = safe_op_take_client(op, &client, NULL);
    safe_op_free(op);
    if (status == SAFE_OK) {
        op = ended(safe_put(client, (const uint8_t *)content, sizeof content - 1, 0));
        status = safe_op_take_receipt(op, &receipt, NULL);
        safe_op_free(op);
    }
    if (status == SAFE_OK) status = safe_receipt_link(receipt, &link, NULL);
    if (status == SAFE_OK) {
        op = ended(safe_get_bytes(client, link, 1 << 20));
        status = safe_op_take_bytes(op, &bytes, NULL);
        safe_op_free(op);
    }
    printf("%s: %.*s\n", safe_code_name(status), (int)safe_bytes_size(bytes), (const char *)safe_bytes_data(bytes));
    safe_bytes_free(bytes);
    safe_link_free(link);
    safe_receipt_free(receipt);
    safe_client_free(client);
    return status != SAFE_OK || safe_debug_live_handles() != 0;
}
