//! Takes the answers of an account, and states what is unknown because it was not read.

use super::{Answers, Live, Place};
use crate::{
    kind::Kind,
    language::aws,
    loading::{Loading, account},
    policy,
    setting::Setting,
    shape,
    shown::{Understood, shown},
};
use policy_engine::{
    inventory::{
        Account, AccountId, Attribute, KeyRef, KmsKey, Listed, Organization, Parameter, Tags, Unit,
    },
    policy::{PolicyDocument, PolicyType},
    source::{Origin, SourceId},
    syntax::{arn::Arn, json, node::Node},
    text::{Hole, HoleKind, Text},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Takes everything that was read.
pub(crate) fn take(loading: &mut Loading) {
    let Some(live) = loading.options.live.clone() else {
        return;
    };
    let setting = Setting {
        account: Some(live.account.clone()),
        region: Some(live.region.clone()),
        partition: Some(live.partition.clone()),
        ..Setting::default()
    };
    for answers in live
        .answers
        .iter()
        .filter(|answers| !answers.items.is_empty())
    {
        let Some((_, nodes)) = source(loading, answers) else {
            continue;
        };
        for (item, node) in answers.items.iter().zip(&nodes) {
            // Answers about keys know them by their ids.
            let subject = item.about.rsplit_once(":key/").map(|(_, id)| id);
            let subject = subject.unwrap_or(&item.about);
            aws::read_answer(loading, &setting, subject, node, answers.call);
        }
    }
    for arn in &live.unread_grants {
        unread_grants(loading, arn);
    }
    for arn in &live.unread_shares {
        unread_shares(loading, arn);
    }
    organization(loading, &live);
}

/// Makes a source of a call's answers, in which the names of the resources are the places.
fn source(loading: &mut Loading, answers: &Answers) -> Option<(SourceId, Vec<Node>)> {
    let all: Vec<_> = answers.items.iter().map(|item| &item.answer).collect();
    let text = serde_json::to_string(&all).ok()?;
    let id = loading.next_source();
    let node = json::parse(id, &text);
    let understood = match &node {
        Ok(node) => Understood::Documents(Some(Kind::AWS), std::slice::from_ref(node)),
        Err(_) => Understood::Not,
    };
    loading.add_source(&answers.name, shown(&text, &understood));
    let node = match node {
        Ok(node) => node,
        Err(error) => {
            let message = format!("the answer of `{}` cannot be read", answers.name);
            loading.problem(message, error.help.as_deref(), error.origin);
            return None;
        }
    };
    loading.read_file(&answers.name, Kind::AWS);
    let nodes = node.as_list().unwrap_or_default().to_vec();
    let parts = answers.items.iter().zip(&nodes);
    let parts = parts.map(|(item, node)| (node.origin.span, item.about.clone()));
    loading.hide(id, parts.collect());
    Some((id, nodes))
}

/// A key with a grant that may allow any principal.
fn unread_grants(loading: &mut Loading, arn: &str) {
    let Some(parsed) = Arn::parse(arn) else {
        return;
    };
    let grantee = Hole {
        name: format!("who has grants of {arn}").into(),
        kind: HoleKind::Any,
    };
    loading.inventory.keys.push(KmsKey {
        arn: Text::from(arn),
        name: None,
        account: parsed.account.to_owned(),
        region: parsed.region.to_owned(),
        policy: Attribute::unstated(),
        aliases: Vec::new(),
        more_aliases: None,
        grants: Listed {
            list: Vec::new(),
            open: Some(grantee),
        },
        tags: Tags::unstated(Origin::NOWHERE),
        aws_managed: false,
        enabled: Attribute::Absent,
        unfit: Attribute::Absent,
        origin: Origin::NOWHERE,
    });
}

/// A parameter that may be shared with any account.
fn unread_shares(loading: &mut Loading, arn: &str) {
    let known = loading.inventory.parameters.iter_mut();
    if let Some(parameter) = known.rev().find(|parameter| parameter.arn == arn) {
        let unread = Parameter {
            key: KeyRef::Unknown(Hole::unstated()),
            shares: Listed {
                list: Vec::new(),
                open: Some(Hole {
                    name: format!("shares of {}", parameter.name).into(),
                    kind: HoleKind::Any,
                }),
            },
            ..parameter.clone()
        };
        loading.inventory.parameters.push(unread);
    }
}

/// Puts the account in its place in the organization; a world that describes the organization replaces it.
fn organization(loading: &mut Loading, live: &Live) {
    let Place::Inside {
        id,
        management,
        levels,
        policies,
    } = &live.place
    else {
        return;
    };
    let Some((source, documents)) = documents(loading, policies) else {
        return;
    };
    let origin = Origin {
        source,
        span: policy_engine::source::Span::new(0, 0),
    };
    let find = |arns: &[String], kind: PolicyType| -> Vec<Arc<PolicyDocument>> {
        let named = arns
            .iter()
            .filter_map(|arn| documents.get(&(arn.clone(), kind)));
        named.cloned().collect()
    };
    let Some((own, above)) = levels.split_last() else {
        return;
    };
    let mut below: Option<Unit> = None;
    for level in above.iter().rev() {
        let accounts = match below {
            None => AccountId::parse(&live.account).into_iter().collect(),
            Some(_) => Vec::new(),
        };
        below = Some(Unit {
            id: level.id.clone(),
            scps: find(&level.scps, PolicyType::Scp),
            rcps: find(&level.rcps, PolicyType::Rcp),
            full_access: level.full_access,
            accounts,
            units: below.into_iter().collect(),
            origin,
        });
    }
    let Some(root) = below else { return };
    loading.inventory.organization = Some(Organization {
        id: id.clone(),
        management: management.as_deref().and_then(AccountId::parse),
        root,
    });
    loading.live_root = Some(origin);
    let scps = find(&own.scps, PolicyType::Scp);
    let rcps = find(&own.rcps, PolicyType::Rcp);
    let Some(id) = AccountId::parse(&live.account) else {
        return;
    };
    let account = account_of(loading, &id, origin);
    (account.scps, account.rcps, account.full_access) = (scps, rcps, own.full_access);
}

/// The policies of an organization by ARN and type.
type Documents = HashMap<(String, PolicyType), Arc<PolicyDocument>>;

fn documents(loading: &mut Loading, policies: &Answers) -> Option<(SourceId, Documents)> {
    let (source, nodes) = source(loading, policies)?;
    let mut documents = Documents::new();
    for (item, node) in policies.items.iter().zip(&nodes) {
        let member = |path: &[&str]| node.at(path).and_then(Node::as_str);
        let kind = match member(&["Policy", "PolicySummary", "Type"]) {
            Some("RESOURCE_CONTROL_POLICY") => PolicyType::Rcp,
            _ => PolicyType::Scp,
        };
        let name = member(&["Policy", "PolicySummary", "Name"]).unwrap_or(&item.about);
        let content = node.at(&["Policy", "Content"]);
        if let Some(document) =
            content.and_then(|content| policy::document(loading, content, kind, name))
        {
            documents.insert((item.about.clone(), kind), document);
        }
    }
    Some((source, documents))
}

fn account_of<'a>(loading: &'a mut Loading, id: &AccountId, origin: Origin) -> &'a mut Account {
    let accounts = &mut loading.inventory.accounts;
    let at = accounts.iter().position(|account| account.id == *id);
    let at = at.unwrap_or_else(|| {
        accounts.push(account(id.clone(), None, None, origin));
        accounts.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "it was found or pushed")]
    &mut accounts[at]
}

/// States what is unknown because it was not read, when everything else is known.
pub(crate) fn unread(loading: &mut Loading) {
    let Some(live) = loading.options.live.clone() else {
        return;
    };
    let inventory = &mut loading.inventory;
    let closed = &mut inventory.closed;
    if !live.refused.is_empty() && (closed.all || !closed.kinds.is_empty()) {
        *closed = policy_engine::inventory::Closed::default();
        let message = "`closed` has no effect: the account denied a call";
        loading.note(message, None);
    }
    let organization = loading.inventory.organization.as_ref();
    let is_stated = organization
        .is_some_and(|organization| Some(organization.root.origin) != loading.live_root);
    if is_stated || live.place == Place::Outside {
        return;
    }
    let mut held: HashSet<AccountId> = HashSet::new();
    let mut open: Vec<&Unit> = organization
        .iter()
        .map(|organization| &organization.root)
        .collect();
    while let Some(unit) = open.pop() {
        held.extend(unit.accounts.iter().cloned());
        open.extend(&unit.units);
    }
    let accounts = loading.inventory.accounts.iter();
    let ids = accounts.map(|account| account.id.clone());
    let ids: Vec<_> = ids.filter(|id| !held.contains(id)).collect();
    for id in ids {
        let [scp, rcp] = [PolicyType::Scp, PolicyType::Rcp].map(|kind| {
            let name = format!("{kind} of account {id}");
            let node = shape::unknown(&name, kind, Origin::NOWHERE);
            policy::document(loading, &node, kind, &name)
        });
        let account = account_of(loading, &id, Origin::NOWHERE);
        account.scps.extend(scp);
        account.rcps.extend(rcp);
    }
}
