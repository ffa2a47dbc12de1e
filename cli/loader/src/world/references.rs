//! References of a world: a name, `account:name` or an ARN, and the problem of a reference without an object.

use super::{
    decoder::{Decoder, Here},
    names::{Entry, Referent},
};
use crate::arns::parameter_arn;
use crate::loading::{did_you_mean, is_account_id};
use policy_engine::{
    source::{Origin, Spanned},
    syntax::{
        arn::Arn,
        glob::{Pattern, Syntax},
        node::Node,
    },
    text::Text,
};

impl Decoder<'_> {
    /// The id of an account by its name.
    pub(super) fn account_id(&mut self, name: &str, origin: Origin) -> Option<String> {
        let entry = self
            .loading
            .account(name)
            .map(|account| (account.id.clone(), account.origin));
        match entry {
            Some((Some(id), _)) => Some(id),
            Some((None, place)) => {
                let labels = vec![(origin, String::new()), (place, "add `id` here".to_owned())];
                self.loading
                    .labelled(format!("the account `{name}` has no `id`"), None, labels);
                None
            }
            None if is_account_id(name) => Some(name.to_owned()),
            None => {
                let help = did_you_mean(
                    name,
                    self.loading
                        .accounts
                        .iter()
                        .map(|account| account.name.as_str()),
                );
                let help = help.unwrap_or_else(|| "describe it under `accounts`".to_owned());
                self.loading.problem(
                    format!("no account has the name `{name}`"),
                    Some(&help),
                    origin,
                );
                None
            }
        }
    }

    /// The ARN of a reference; a reference to an unknown object is a problem.
    pub(super) fn reference(
        &mut self,
        referent: Referent,
        node: &Node,
        here: &Here,
    ) -> Option<Spanned<String>> {
        let reference = self.loading.text(node, referent.describe())?;
        let arn = self.resolve(referent, &reference, here)?;
        Some(Spanned::new(arn, reference.origin))
    }

    pub(super) fn resolve(
        &mut self,
        referent: Referent,
        reference: &Spanned<String>,
        here: &Here,
    ) -> Option<String> {
        let text = reference.value.as_str();
        if text.starts_with("arn:") {
            if Arn::parse(text).is_none() {
                let help = Some("arn:partition:service:region:account:resource");
                self.loading
                    .problem(format!("`{text}` is not an ARN"), help, reference.origin);
                return None;
            }
            return Some(text.to_owned());
        }
        let (account, name) = match text.split_once(':') {
            Some(("aws", name)) if referent == Referent::Policy => {
                return Some(format!("arn:{}:iam::aws:policy/{name}", here.partition));
            }
            Some((account, name)) => (Some(self.account_id(account, reference.origin)?), name),
            None => (None, text),
        };
        let all = self.names.get(referent, name);
        // Inside an account a bare name is the account's own object, if it has one with the name.
        let own = account.as_deref().unwrap_or(&here.id);
        let mut entries: Vec<Entry> = all
            .iter()
            .filter(|entry| entry.account == own)
            .cloned()
            .collect();
        if entries.is_empty() && account.is_none() {
            entries = all.to_vec();
        }
        match entries.as_slice() {
            [only] => Some(only.arn.clone()),
            [] => match self.external(referent, account.as_deref(), name, here) {
                Some(arn) => Some(arn),
                None => {
                    self.missing(referent, account.as_deref(), name, reference.origin);
                    None
                }
            },
            several => {
                self.ambiguous(referent, name, several, reference.origin);
                None
            }
        }
    }

    /// The predicted ARN of something that exists although nothing describes it.
    fn external(
        &self,
        referent: Referent,
        account: Option<&str>,
        name: &str,
        here: &Here,
    ) -> Option<String> {
        let id = account.unwrap_or(&here.id);
        let named = self
            .loading
            .account(id)
            .map_or(id, |account| account.name.as_str());
        let candidates = [
            name.to_owned(),
            format!("{named}:{name}"),
            format!("{id}:{name}"),
        ];
        let is_named = self.names.externals.iter().any(|(kind, pattern)| {
            kind == referent.plural() && candidates.iter().any(|candidate| glob(pattern, candidate))
        });
        if !is_named {
            return None;
        }
        let partition = &here.partition;
        let region = here.region.as_deref().unwrap_or("*");
        Some(match referent {
            Referent::Role => format!(
                "arn:{partition}:iam::{id}:role/{}",
                name.trim_start_matches('/')
            ),
            Referent::Policy => format!(
                "arn:{partition}:iam::{id}:policy/{}",
                name.trim_start_matches('/')
            ),
            Referent::Secret => {
                format!("arn:{partition}:secretsmanager:{region}:{id}:secret:{name}")
            }
            Referent::Parameter => parameter_arn(partition, region, id, name),
            Referent::Key if name.starts_with("alias/") => {
                format!("arn:{partition}:kms:{region}:{id}:{name}")
            }
            Referent::Key => format!("arn:{partition}:kms:{region}:{id}:key/{name}"),
        })
    }

    pub(super) fn missing(
        &mut self,
        referent: Referent,
        account: Option<&str>,
        name: &str,
        origin: Origin,
    ) {
        if self.loading.is_full() {
            return;
        }
        let near = did_you_mean(name, self.names.all(referent, account));
        let elsewhere = self.names.get(referent, name).first().map(|entry| {
            let owner = self
                .loading
                .account(&entry.account)
                .map_or(entry.account.as_str(), |account| &account.name);
            format!("`{owner}` has it: write `{owner}:{name}`")
        });
        let whose = account.map_or(String::new(), |id| {
            let owner = self
                .loading
                .account(id)
                .map_or(id, |account| account.name.as_str());
            format!(" in `{owner}`")
        });
        let what = referent
            .describe()
            .split_once(' ')
            .map_or("thing", |(_, what)| what);
        let help = elsewhere.or(near).unwrap_or_else(|| {
            let kind = referent.plural();
            if referent == Referent::Policy {
                return format!("describe it under `{kind}`, or write its ARN");
            }
            format!("describe it under `{kind}`, or name it in `externals.{kind}`")
        });
        self.loading.problem(
            format!("the {what} `{name}`{whose} does not exist"),
            Some(&help),
            origin,
        );
    }

    fn ambiguous(&mut self, referent: Referent, name: &str, entries: &[Entry], origin: Origin) {
        let owners: Vec<_> = entries
            .iter()
            .map(|entry| {
                let owner = self
                    .loading
                    .account(&entry.account)
                    .map_or(entry.account.as_str(), |account| &account.name);
                format!("`{owner}:{name}`")
            })
            .collect();
        let what = referent
            .describe()
            .split_once(' ')
            .map_or("thing", |(_, what)| what);
        let help = if owners.windows(2).all(|pair| pair.first() == pair.last()) {
            "write the ARN".to_owned()
        } else {
            format!("write {}", owners.join(" or "))
        };
        self.loading.problem(
            format!("several objects of kind {what} have the name `{name}`"),
            Some(&help),
            origin,
        );
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    Pattern::new(
        &Text::from(pattern),
        Syntax {
            wildcards: true,
            variables: false,
        },
    )
    .0
    .matches_str(text)
}
