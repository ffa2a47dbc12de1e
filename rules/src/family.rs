//! The rules by families: a module and a line in the list make a rule.

mod acc;
mod arn;
mod bnd;
mod cat;
mod cnd;
mod esc;
mod grm;
mod irs;
mod kms;
mod org;
mod pod;
mod prm;
mod prn;
mod quo;
mod red;
mod req;
mod sct;
mod spc;
mod tag;
mod var;
mod xac;

use crate::check::Entry;

pub(crate) use req::LAST_CAUSE;
pub(crate) use spc::rule_of_class;

/// Every family.
pub(crate) static ALL: &[&[&Entry]] = &[
    acc::RULES,
    arn::RULES,
    bnd::RULES,
    cat::RULES,
    cnd::RULES,
    esc::RULES,
    grm::RULES,
    irs::RULES,
    kms::RULES,
    org::RULES,
    pod::RULES,
    prm::RULES,
    prn::RULES,
    quo::RULES,
    red::RULES,
    req::RULES,
    sct::RULES,
    spc::RULES,
    tag::RULES,
    var::RULES,
    xac::RULES,
];
