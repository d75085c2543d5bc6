//! A toy dx-parse, for tests of the driver and of the stage shell.

dx_shell::stage_main!(dx_tests::toy::Parse);
