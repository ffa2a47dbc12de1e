//! What a source leaves open is never answered wrongly: an input with one or two unknown attributes is compared with what comes
//! when they are filled. A definite answer that a filling contradicts fails.
//!
//! `MUTATIONS=100000 cargo test --release -p ascp-policy-loader --test unknown` tries more pairs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a scenario that cannot be read has failed"
)]

#[path = "unknown/answers.rs"]
mod answers;
#[path = "unknown/controllers.rs"]
mod controllers;
#[path = "unknown/eksctl.rs"]
mod eksctl;
#[path = "unknown/harness.rs"]
mod harness;
#[path = "unknown/kustomize.rs"]
mod kustomize;
#[path = "unknown/manifests.rs"]
mod manifests;
#[path = "unknown/plan.rs"]
mod plan;
#[path = "unknown/source.rs"]
mod source;
#[path = "unknown/template.rs"]
mod template;

use harness::{Reader, check};

#[test]
fn what_a_template_leaves_open_is_open() {
    check(&template::Template::new());
}

#[test]
fn what_a_plan_leaves_open_is_open() {
    check(&plan::Plan::new());
}

#[test]
fn what_source_of_terraform_leaves_open_is_open() {
    check(&source::Source::new());
}

#[test]
fn what_manifests_leave_open_is_open() {
    for manifests in manifests::Manifests::all() {
        check(&manifests);
    }
}

#[test]
fn what_kustomizations_leave_open_is_open() {
    for kustomization in kustomize::Kustomization::all() {
        check(&kustomization);
    }
}

#[test]
fn what_objects_of_ack_leave_open_is_open() {
    check(&controllers::Objects::ack());
}

#[test]
fn what_objects_of_crossplane_leave_open_is_open() {
    check(&controllers::Objects::crossplane());
}

#[test]
fn what_a_cluster_config_leaves_open_is_open() {
    check(&eksctl::Config::new());
}

#[test]
fn what_saved_answers_leave_open_is_open() {
    check(&answers::Answers::new());
}

/// The scenario must be one in which something can be lost.
#[test]
fn the_scenarios_are_decided_where_nothing_is_unknown() {
    let [works, refused, annotated] = manifests::Manifests::all();
    let [built, built_refused, built_annotated] = kustomize::Kustomization::all();
    let readers: [&dyn Reader; 13] = [
        &eksctl::Config::new(),
        &answers::Answers::new(),
        &template::Template::new(),
        &plan::Plan::new(),
        &source::Source::new(),
        &works,
        &refused,
        &annotated,
        &built,
        &built_refused,
        &built_annotated,
        &controllers::Objects::ack(),
        &controllers::Objects::crossplane(),
    ];
    for reader in readers {
        let answers = harness::answers(reader, &reader.whole()).unwrap();
        assert_eq!(answers, reader.expected(), "{}", reader.name());
    }
}
