/* libsafe: everything. See safe/types.h for the law of this interface. */
#ifndef SAFE_SAFE_H
#define SAFE_SAFE_H

#include "safe/bytes.h"
#include "safe/client.h"
#include "safe/error.h"
#include "safe/get.h"
#include "safe/key.h"
#include "safe/library.h"
#include "safe/link.h"
#include "safe/op.h"
#include "safe/ports.h"
#include "safe/put.h"
#include "safe/queue.h"
#include "safe/record.h"
#include "safe/s1.h"
#include "safe/serve.h"
#include "safe/types.h"
#include "safe/vault.h"

#endif
