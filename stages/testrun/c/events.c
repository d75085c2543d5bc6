/* _dx_events: which functions run, and which audit events are of interest, told without running Python for the others.

   It is loaded by the recorder's processes (library.py), which do without it where it cannot be loaded.

   It links with nothing, so one library serves CPython 3.9 to 3.14 with a GIL, on glibc and musl. All of it happens under the
   GIL, and nothing is ever freed that a process has begun to look at. */

#include "python.h"

METHOD(start);
METHOD(look_at);
METHOD(switch);
METHOD(know);
METHOD(register);
METHOD(unknown);
METHOD(wake);
METHOD(started);
METHOD(evaluates);
METHOD(resume);
METHOD(rest);
METHOD(listen);
METHOD(asking);

static PyMethodDef methods[] = {
    {"start", method_start, METH_FASTCALL, NULL},
    {"look_at", method_look_at, METH_FASTCALL, NULL},
    {"switch", method_switch, METH_FASTCALL, NULL},
    {"know", method_know, METH_FASTCALL, NULL},
    {"register", method_register, METH_FASTCALL, NULL},
    {"unknown", method_unknown, METH_FASTCALL, NULL},
    {"wake", method_wake, METH_FASTCALL, NULL},
    {"started", method_started, METH_FASTCALL, NULL},
    {"evaluates", method_evaluates, METH_FASTCALL, NULL},
    {"resume", method_resume, METH_FASTCALL, NULL},
    {"rest", method_rest, METH_FASTCALL, NULL},
    {"listen", method_listen, METH_FASTCALL, NULL},
    {"asking", method_asking, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {.base = {1, NULL}, .name = "_dx_events", .size = -1, .methods = methods};

__attribute__((visibility("default"))) PyObject *PyInit__dx_events(void) {
    return PyModule_Create2(&definition, ABI_VERSION);
}
