//! Tuples, lists, sets and dicts.
//!
//! Short displays are built from a run of registers, long ones item by item, so that a window never grows with them.

use dx_schemas::code::Constant;
use dx_schemas::opcode::Op;
use dx_schemas::tree::{Node, NodeKind};

use crate::generator::Generator;
use crate::ir::Reg;

/// CPython's `STACK_USE_GUIDELINE`: where it stops building from the stack; the order of effects follows it.
pub(crate) const RUN_MAX: usize = 30;

impl Generator<'_> {
    pub(crate) fn tuple(&mut self, node: Node<'_>, dest: Reg) {
        if self.is_incremental(node) {
            self.by_temporary(node, dest, |this, dest| {
                this.collect_list(node, node.children(), dest);
                this.emit(node, Op::LIST_TO_TUPLE, dest.0, dest.0, 0);
            });
            return;
        }
        let (first, count) = self.push_values(node.children());
        self.emit(node, Op::BUILD_TUPLE, dest.0, first.0, count);
    }

    pub(crate) fn list(&mut self, node: Node<'_>, dest: Reg) {
        if self.constant_items(node, 3) {
            self.extended(node, dest, Op::BUILD_LIST, Op::LIST_EXTEND);
        } else if self.is_incremental(node) {
            self.by_temporary(node, dest, |this, dest| this.collect_list(node, node.children(), dest));
        } else {
            let (first, count) = self.push_values(node.children());
            self.emit(node, Op::BUILD_LIST, dest.0, first.0, count);
        }
    }

    pub(crate) fn set(&mut self, node: Node<'_>, dest: Reg) {
        if self.constant_items(node, 3) {
            self.extended(node, dest, Op::BUILD_SET, Op::SET_UPDATE);
        } else if self.is_incremental(node) {
            self.by_temporary(node, dest, |this, dest| {
                this.collect(node, node.children(), dest, [Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE]);
            });
        } else {
            let (first, count) = self.push_values(node.children());
            self.emit(node, Op::BUILD_SET, dest.0, first.0, count);
        }
    }

    fn is_incremental(&self, node: Node<'_>) -> bool {
        let mut count = 0;
        node.children().any(|child| {
            count += 1;
            count > RUN_MAX || child.kind() == NodeKind::Starred
        })
    }

    fn constant_items(&mut self, node: Node<'_>, min: usize) -> bool {
        let mut count = 0;
        for child in node.children() {
            if self.fold(child).is_none() {
                return false;
            }
            count += 1;
        }
        count >= min
    }

    /// An empty container, extended by a constant with all the items.
    fn extended(&mut self, node: Node<'_>, dest: Reg, build: Op, extend: Op) {
        let Some(constant) = self.constant_display(node) else { return };
        self.by_temporary(node, dest, |this, dest| {
            let items = this.object.fresh();
            this.emit(node, build, dest.0, dest.0, 0);
            this.load_constant(node, items, constant);
            this.emit(node, extend, dest.0, items.0, 0);
        });
    }

    /// A list of `items`, maybe starred, in the temporary `dest`.
    pub(crate) fn collect_list<'t>(
        &mut self,
        node: Node<'_>,
        items: impl Iterator<Item = Node<'t>>,
        dest: Reg,
    ) {
        self.collect(node, items, dest, [Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND]);
    }

    /// CPython evaluates what precedes the first star before it builds; so does this, up to [`RUN_MAX`] items.
    fn collect<'t>(
        &mut self,
        node: Node<'_>,
        items: impl Iterator<Item = Node<'t>>,
        dest: Reg,
        [build, add, extend]: [Op; 3],
    ) {
        let items: Vec<Node<'t>> = items.collect();
        let stars = items.iter().position(|item| item.kind() == NodeKind::Starred);
        let head = if items.len() > RUN_MAX { 0 } else { stars.unwrap_or(items.len()) };
        let mark = self.object.mark();
        let (first, count) = self.push_values(items[..head].iter().copied());
        self.emit(node, build, dest.0, first.0, count);
        self.object.release(mark);
        self.add_items(&items[head..], dest, add, extend);
    }

    /// Adds `bases` and the like, maybe starred, to the list in `dest`.
    pub(crate) fn extend_list(&mut self, items: &[Node<'_>], dest: Reg) {
        self.add_items(items, dest, Op::LIST_APPEND, Op::LIST_EXTEND);
    }

    fn add_items(&mut self, items: &[Node<'_>], dest: Reg, add: Op, extend: Op) {
        let mark = self.object.mark();
        for item in items {
            let (value, op) = match item.kind() {
                NodeKind::Starred => {
                    let [value] = item.slots();
                    (value, extend)
                }
                _ => (*item, add),
            };
            let source = self.value(value);
            self.emit(*item, op, dest.0, source.0, 0);
            self.object.release(mark);
        }
    }

    pub(crate) fn dict(&mut self, node: Node<'_>, dest: Reg) {
        let items: Vec<Node<'_>> = node.children().collect();
        let is_spread = |item: &Node<'_>| {
            let [key] = item.slots();
            key.is_absent()
        };
        if items.len() * 2 <= RUN_MAX && !items.iter().any(is_spread) {
            let first = self.pairs(&items);
            self.emit(node, Op::BUILD_MAP, dest.0, first.0, items.len() as u32);
            return;
        }
        self.by_temporary(node, dest, |this, dest| {
            let mark = this.object.mark();
            let mut built = false;
            for group in items.chunk_by(|a, b| !is_spread(a) && !is_spread(b)) {
                for chunk in group.chunks(RUN_MAX / 2 + 1) {
                    if is_spread(&chunk[0]) {
                        if !std::mem::replace(&mut built, true) {
                            this.emit(node, Op::BUILD_MAP, dest.0, dest.0, 0);
                        }
                        let [_, value] = chunk[0].slots();
                        let mapping = this.value(value);
                        this.emit(chunk[0], Op::DICT_UPDATE, dest.0, mapping.0, 0);
                    } else if !std::mem::replace(&mut built, true) {
                        let first = this.pairs(chunk);
                        this.emit(node, Op::BUILD_MAP, dest.0, first.0, chunk.len() as u32);
                    } else {
                        let part = this.object.fresh();
                        let first = this.pairs(chunk);
                        this.emit(node, Op::BUILD_MAP, part.0, first.0, chunk.len() as u32);
                        this.emit(node, Op::DICT_UPDATE, dest.0, part.0, 0);
                    }
                    this.object.release(mark);
                }
            }
        });
    }

    fn pairs(&mut self, items: &[Node<'_>]) -> Reg {
        self.push_values(items.iter().flat_map(|item| item.children())).0
    }

    /// The pooled tuple of texts.
    pub(crate) fn tuple_of_names<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> u32 {
        let items = names.map(|name| self.pools.constant(Constant::str(name))).collect();
        self.pools.constant(Constant::Tuple(items))
    }
}
