//! A toy dx-index, for tests of the driver and of the stage shell.

dx_shell::stage_main!(dx_tests::toy::Index);
