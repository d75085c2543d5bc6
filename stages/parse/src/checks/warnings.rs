//! SyntaxWarnings that CPython's compiler gives for what can hardly be meant.

use ruff_python_ast as ast;
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use crate::finding::Findings;

/// The type's name of an expression whose type is plain to see.
fn plain_type(expression: &Expr) -> Option<&'static str> {
    Some(match expression {
        Expr::StringLiteral(_) | Expr::FString(_) => "str",
        Expr::TString(_) => "string.templatelib.Template",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NumberLiteral(node) => match node.value {
            ast::Number::Int(_) => "int",
            ast::Number::Float(_) => "float",
            ast::Number::Complex { .. } => "complex",
        },
        Expr::BooleanLiteral(_) => "bool",
        Expr::NoneLiteral(_) => "NoneType",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Tuple(_) => "tuple",
        Expr::List(_) | Expr::ListComp(_) => "list",
        Expr::Dict(_) | Expr::DictComp(_) => "dict",
        Expr::Set(_) | Expr::SetComp(_) => "set",
        Expr::Generator(_) => "generator",
        Expr::Lambda(_) => "function",
        _ => return None,
    })
}

/// `1()`: calling what cannot be called.
pub(crate) fn call(node: &ast::ExprCall, findings: &mut Findings) {
    if !node.func.is_lambda_expr()
        && let Some(name) = plain_type(&node.func)
    {
        findings.warn(node, format!("'{name}' object is not callable; perhaps you missed a comma?"));
    }
}

/// `{1}[0]`, `[1, 2][3.0]`: indexing what has no items, or a sequence by what is no index.
pub(crate) fn subscript(node: &ast::ExprSubscript, findings: &mut Findings) {
    if !matches!(node.ctx, ast::ExprContext::Load) {
        return;
    }
    let indexed = &*node.value;
    match indexed {
        Expr::NoneLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::EllipsisLiteral(_)
        | Expr::Set(_)
        | Expr::SetComp(_)
        | Expr::Generator(_)
        | Expr::Lambda(_)
        | Expr::TString(_) => {
            if let Some(name) = plain_type(indexed) {
                findings
                    .warn(node, format!("'{name}' object is not subscriptable; perhaps you missed a comma?"));
            }
        }
        Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::BytesLiteral(_)
        | Expr::Tuple(_)
        | Expr::List(_)
        | Expr::ListComp(_) => {
            let integral = matches!(&*node.slice, Expr::BooleanLiteral(_))
                || matches!(&*node.slice, Expr::NumberLiteral(number) if number.value.is_int());
            if !integral && let (Some(name), Some(index)) = (plain_type(indexed), plain_type(&node.slice)) {
                findings.warn(
                    node,
                    format!(
                        "{name} indices must be integers or slices, not {index}; perhaps you missed a comma?"
                    ),
                );
            }
        }
        _ => {}
    }
}

/// `assert (x, "why")` never fails.
pub(crate) fn assert(node: &ast::StmtAssert, findings: &mut Findings) {
    if matches!(&*node.test, Expr::Tuple(tuple) if !tuple.elts.is_empty()) {
        findings.warn(node, "assertion is always true, perhaps remove parentheses?");
    }
}

/// `x is 1`: identity of a literal.
pub(crate) fn compare(node: &ast::ExprCompare, findings: &mut Findings) {
    let mut left = &*node.left;
    for (op, right) in node.ops.iter().zip(&node.comparators) {
        let (word, instead) = match op {
            ast::CmpOp::Is => ("is", "=="),
            ast::CmpOp::IsNot => ("is not", "!="),
            _ => {
                left = right;
                continue;
            }
        };
        if let Some(name) = literal_type(left).or_else(|| literal_type(right)) {
            findings.warn(
                &node.range(),
                format!("\"{word}\" with '{name}' literal. Did you mean \"{instead}\"?"),
            );
        }
        left = right;
    }
}

/// Literals whose identity says nothing; `None`, `True`, `False` and `...` are single objects.
fn literal_type(expression: &Expr) -> Option<&'static str> {
    match expression {
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => plain_type(expression),
        // Folded to a constant before CPython looks.
        Expr::Tuple(node) if node.elts.iter().all(|each| each.is_literal_expr()) => Some("tuple"),
        Expr::UnaryOp(node)
            if matches!(node.op, ast::UnaryOp::USub) && node.operand.is_number_literal_expr() =>
        {
            plain_type(&node.operand)
        }
        _ => None,
    }
}
