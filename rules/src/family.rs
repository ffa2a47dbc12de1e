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

use crate::check::Family;

pub(crate) use req::LAST_CAUSE;
pub(crate) use spc::rule_of_class;

/// Every family.
pub(crate) static ALL: &[&Family] = &[
    &acc::FAMILY,
    &arn::FAMILY,
    &bnd::FAMILY,
    &cat::FAMILY,
    &cnd::FAMILY,
    &esc::FAMILY,
    &grm::FAMILY,
    &irs::FAMILY,
    &kms::FAMILY,
    &org::FAMILY,
    &pod::FAMILY,
    &prm::FAMILY,
    &prn::FAMILY,
    &quo::FAMILY,
    &red::FAMILY,
    &req::FAMILY,
    &sct::FAMILY,
    &spc::FAMILY,
    &tag::FAMILY,
    &var::FAMILY,
    &xac::FAMILY,
];
