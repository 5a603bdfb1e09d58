/** Encrypted storage on vaults that need not be trusted. */
module libsafe {
    exports libsafe;
}
