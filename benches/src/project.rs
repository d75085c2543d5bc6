//! Generated source trees: modules of typed functions that import each other, always the same for the same size.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Size of a generated project.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub modules: usize,
    pub functions: usize,
}

/// Writes the project's modules into `folder`, a hundred to a package. Returns lines written.
pub fn generate(folder: &Path, size: Size) -> io::Result<usize> {
    let mut lines = 0;
    for module in 0..size.modules {
        let package = folder.join(package_name(module));
        if module % 100 == 0 {
            fs::create_dir_all(&package)?;
            fs::write(package.join("__init__.py"), "")?;
        }
        let text = module_text(module, size.functions);
        lines += text.lines().count();
        fs::write(package.join(format!("{}.py", module_name(module))), text)?;
    }
    Ok(lines)
}

pub fn package_name(module: usize) -> String {
    format!("p{:03}", module / 100)
}

pub fn module_name(module: usize) -> String {
    format!("m{module:05}")
}

/// One module: imports of up to three earlier ones, a class, and functions of some nine lines.
pub fn module_text(module: usize, functions: usize) -> String {
    let mut text = format!("\"\"\"Module {module} of a generated project.\"\"\"\n\n");
    let imports: Vec<usize> = [module / 2, module / 3, module.saturating_sub(1)]
        .into_iter()
        .filter(|other| *other < module)
        .collect();
    for other in &imports {
        let _ = writeln!(text, "from {} import {}", package_name(*other), module_name(*other));
    }
    let _ = write!(
        text,
        "\nLIMIT = {limit}\n\n\nclass Record:\n    def __init__(self, name: str, size: int = {module}) -> None:\n        \
         self.name = name\n        self.size = size\n\n    def grow(self, by: int) -> int:\n        \
         self.size += by\n        return self.size\n",
        limit = module * 7 % 1000,
    );
    for function in 0..functions {
        let call = match imports.get(function % 3) {
            Some(other) if functions > 0 => format!("{}.f{:02}(x - 1)", module_name(*other), function),
            _ => "x - 1".to_owned(),
        };
        let _ = write!(
            text,
            "\n\ndef f{function:02}(x: int, scale: float = {function}.5) -> float:\n    \
             \"\"\"Function {function}.\"\"\"\n    total = 0.0\n    for i in range(x % {range}):\n        \
             if i % 2 == 0:\n            total += i * scale\n        else:\n            total -= LIMIT\n    \
             if x > {range}:\n        return total + {call}\n    return total\n",
            range = function + 3,
        );
    }
    text
}
