//! `import` and `from … import`.

use dx_schemas::code::Constant;
use dx_schemas::opcode::Op;
use dx_schemas::tree::Node;

use crate::generator::Generator;
use crate::ir::Reg;

impl Generator<'_> {
    fn import_module(&mut self, node: Node<'_>, name: &str, level: u16, from: Option<u32>) -> Reg {
        let module = self.object.fresh();
        let pair = self.object.fresh();
        self.load_constant(node, pair, Constant::int(i64::from(level)));
        let names = self.object.fresh();
        match from {
            Some(constant) => self.emit(node, Op::LOAD_CONST, names.0, constant, 0),
            None => self.load_none(node, names),
        }
        let name = self.pools.name(name);
        self.emit_site(node, Op::IMPORT_NAME, [module.0, pair.0, 0], name);
        self.object.release(pair.number());
        module
    }

    pub(crate) fn import(&mut self, node: Node<'_>) {
        for alias in node.children() {
            let mark = self.object.mark();
            let full = alias.ident();
            let [as_name] = alias.slots();
            let mangled = self.mangled(full);
            let module = self.import_module(node, &mangled, 0, None);
            match as_name.present() {
                None => {
                    let top = full.split('.').next().unwrap_or(full);
                    let top = self.mangled(top);
                    self.store_name(node, &top, module);
                }
                Some(as_name) => {
                    // `import a.b.c as d` binds the innermost, looked up step by step.
                    for part in full.split('.').skip(1) {
                        let name = self.pools.name(part);
                        self.emit_site(node, Op::IMPORT_FROM, [module.0, module.0, 0], name);
                    }
                    let name = self.mangled(as_name.ident());
                    self.store_name(node, &name, module);
                }
            }
            self.object.release(mark);
        }
    }

    pub(crate) fn import_from(&mut self, node: Node<'_>) {
        let names: Vec<&str> = node.children().map(|alias| alias.ident()).collect();
        let list = self.tuple_of_names(names.iter().copied());
        let module = self.mangled(node.ident());
        let module = self.import_module(node, &module, node.extra(), Some(list));
        if names == ["*"] {
            self.emit(node, Op::IMPORT_STAR, module.0, 0, 0);
            return;
        }
        for alias in node.children() {
            let mangled = self.mangled(alias.ident());
            let name = self.pools.name(&mangled);
            let value = self.object.fresh();
            self.emit_site(node, Op::IMPORT_FROM, [value.0, module.0, 0], name);
            let [as_name] = alias.slots();
            let bound = match as_name.present() {
                Some(as_name) => self.mangled(as_name.ident()),
                None => mangled,
            };
            self.store_name(node, &bound, value);
            self.object.release(value.number());
        }
    }
}
