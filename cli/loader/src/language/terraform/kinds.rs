//! The kinds of Terraform's files.

use crate::kind::Kind;

pub(super) const PLAN: Kind = Kind::new("terraform-plan", "a Terraform plan");
pub(super) const STATE: Kind = Kind::new("terraform-state", "a Terraform state");
pub(super) const SOURCE: Kind = Kind::new("terraform", "Terraform source");
