//! The kinds of Terraform's files, and the words of messages about them.

use crate::{adapt::Words, kind::Kind};

pub(super) const PLAN: Kind = Kind::new("terraform-plan", "a Terraform plan");
pub(super) const STATE: Kind = Kind::new("terraform-state", "a Terraform state");
pub(super) const SOURCE: Kind = Kind::new("terraform", "Terraform source");

pub(super) const WORDS: Words = Words {
    before: "apply",
    remedy: "; the `.tf` files beside the plan can contain it",
    describes: "which this file does not describe",
};
