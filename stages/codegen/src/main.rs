//! The executable `dx-codegen`.

dx_shell::stage_main!(dx_codegen::Codegen);
