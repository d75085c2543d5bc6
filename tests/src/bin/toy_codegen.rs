//! A toy dx-codegen, for tests of the driver and of the stage shell.

dx_shell::stage_main!(dx_tests::toy::Codegen);
