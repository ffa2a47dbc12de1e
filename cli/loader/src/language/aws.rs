//! Saved answers of the AWS CLI and API (docs/guide/inputs.md).
//!
//! An answer that holds the value of a secret is not kept at all; of the others, members that could hold one are blanked
//! before the text is kept.

pub(crate) mod answer;
mod eks;
mod iam;
mod kms;
mod members;
mod parameters;
mod secrets;

use crate::{
    adapt::{self, Batch, Words},
    fields::spelt,
    format::Format,
    keep::keep,
    kind::Kind,
    loading::Loading,
    opened::{Opened, Wanted},
    resource::{Exists, Home, Noun, Resource},
    setting::Setting,
    unread,
    value::text,
};
use answer::{Answer, VALUE, answer};
use policy_engine::{
    inventory::{AccountId, Region},
    source::{Origin, Spanned},
    syntax::{
        arn::Arn,
        node::{Node, Value},
    },
    text::Text,
};

const WORDS: Words = Words {
    before: "AWS is asked again",
    remedy: "",
    describes: "which nothing describes",
};

pub(crate) const FORMAT: Format = Format {
    kind: Kind::AWS,
    plural: "answers of the AWS CLI",
    is: |node| answer(node).is_some(),
    read: Some(read),
};

/// Takes the facts of a file of answers.
fn read(loading: &mut Loading, opened: &Opened, _: &Wanted, setting: &Setting) {
    let answers: Vec<_> = opened
        .documents
        .iter()
        .map(|node| (node, answer(node)))
        .collect();
    let other = answers.iter().find_map(|(_, answer)| match answer {
        Some(Answer::Other(why)) => Some(*why),
        _ => None,
    });
    if let Some(why) = other {
        if why == VALUE {
            // Nothing is taken from it, but that it lies there is worth a finding.
            keep(loading, opened);
            loading.read_file(&opened.name, Kind::AWS);
        } else {
            loading.skip_file(&opened.name, why);
        }
        return;
    }
    keep(loading, opened);
    let mut known = answers.iter().filter(|(_, answer)| answer.is_some());
    if let Some((what, origin)) = known.find_map(|(node, _)| members::misshapen(node)) {
        let line = loading.sources.position(origin);
        let line = line.map_or_else(String::new, |position| format!(" (line {})", position.line));
        let how = format!("{what} as AWS answers{line}: save the answer again, without `--query`");
        loading.unread_file(&opened.name, unread::broken(how));
        return;
    }
    loading.read_file(&opened.name, Kind::AWS);
    let stem = opened
        .path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or("")
        .to_owned();
    let folder = opened
        .path
        .parent()
        .and_then(|parent| parent.file_name())
        .and_then(|name| name.to_str());
    let mut reader = Reader {
        loading,
        setting,
        stem,
        folder: folder.unwrap_or("").to_owned(),
    };
    for (node, answer) in answers {
        let Some(answer) = answer else { continue };
        if !reader.truncated(node) {
            reader.take(node, answer);
        }
    }
}

/// Takes the facts of one answer of a known call; some answers do not name their resource.
pub(crate) fn read_answer(
    loading: &mut Loading,
    setting: &Setting,
    subject: &str,
    node: &Node,
    answer: Answer,
) {
    let mut reader = Reader {
        loading,
        setting,
        stem: format!(".{subject}"),
        folder: String::new(),
    };
    reader.take(node, answer);
}

struct Reader<'a> {
    loading: &'a mut Loading,
    setting: &'a Setting,
    /// The file's name without its extension: some answers do not name their resource.
    stem: String,
    folder: String,
}

impl Reader<'_> {
    fn take(&mut self, node: &Node, answer: Answer) {
        match answer {
            Answer::AuthorizationDetails => self.authorization_details(node),
            Answer::Roles => self.roles(node),
            Answer::RolePolicy => self.role_policy(node),
            Answer::PolicyVersion => self.policy_version(node),
            Answer::AttachedPolicies => self.attached_policies(node),
            Answer::Association => node
                .get("association")
                .into_iter()
                .for_each(|node| self.association(node)),
            Answer::Associations => self.each(node, "associations", Self::association),
            Answer::Cluster => node
                .get("cluster")
                .into_iter()
                .for_each(|node| self.cluster(node)),
            Answer::Secrets => self.each(node, "SecretList", Self::listed_secret),
            Answer::Secret => self.secret(node),
            Answer::SecretPolicy => self.secret_policy(node),
            Answer::KeyMetadata => node
                .get("KeyMetadata")
                .into_iter()
                .for_each(|node| self.key_metadata(node)),
            Answer::KeyPolicy => self.key_policy(node),
            Answer::KeyAliases => self.each(node, "Aliases", Self::key_alias),
            Answer::KeyGrants => self.each(node, "Grants", Self::key_grant),
            Answer::KeyTags => self.key_tags(node),
            Answer::Parameters => {
                self.each(node, "Parameters", Self::parameter);
                node.get("Parameter")
                    .into_iter()
                    .for_each(|node| self.parameter(node));
            }
            Answer::ParameterTags => self.parameter_tags(node),
            Answer::ParameterPolicies => self.each(node, "Policies", Self::parameter_policy),
            Answer::Other(_) => {}
        }
    }

    fn each(&mut self, node: &Node, name: &str, take: fn(&mut Self, &Node)) {
        for item in node.get(name).and_then(Node::as_list).unwrap_or_default() {
            take(self, item);
        }
    }

    /// Reports an answer that is only the first part of the whole.
    fn truncated(&mut self, node: &Node) -> bool {
        let flag = ["IsTruncated", "Truncated"]
            .iter()
            .filter_map(|name| node.entry(name));
        let flag = flag
            .into_iter()
            .find(|(_, value)| matches!(value.value, Value::Bool(true)));
        let token = ["NextToken", "nextToken"]
            .iter()
            .filter_map(|name| node.entry(name));
        let token = token
            .into_iter()
            .find(|(_, value)| value.as_str().is_some_and(|token| !token.is_empty()));
        let Some((key, value)) = flag.or(token) else {
            return false;
        };
        let help = "save it again without `--max-items` and `--no-paginate`";
        self.loading.problem(
            "this answer is cut off: more of it follows",
            Some(help),
            key.origin.to(value.origin),
        );
        true
    }

    /// The part of the file's name behind its first dot: `key-policy.<id>.json`; else the folder's name.
    fn subject(&self) -> Option<&str> {
        match self.stem.split_once('.') {
            Some((_, subject)) => Some(subject).filter(|subject| !subject.is_empty()),
            None => Some(self.folder.as_str()).filter(|folder| !folder.is_empty()),
        }
    }

    fn partition(&self) -> String {
        self.setting.home().partition
    }

    /// Takes the facts of a resource; other answers may state the attributes that it leaves out.
    fn adapt(&mut self, noun: Noun, subject: Subject, attributes: &Node) {
        let Subject {
            name,
            arn,
            home,
            is_whole,
            origin,
        } = subject;
        let resource = Resource {
            noun,
            address: name.value.clone(),
            declared: None,
            name,
            arn,
            home,
            exists: Exists::Yes,
            attributes: Box::new(attributes),
            whole: is_whole,
            origin,
        };
        let mut batch = Batch::new(self.loading, self.setting, &WORDS, "");
        adapt::take(&mut batch, &[resource]);
    }

    /// The account and region of the include.
    fn home(&self) -> Home {
        self.setting.home()
    }

    /// The account that the include names; a problem if it is required and no source states it.
    fn account(&mut self, what: &str, node: &Node) -> Option<String> {
        if self.setting.account.is_none() {
            let message = format!("the account of {what} is unknown");
            self.loading.problem(
                message,
                Some("include it in a world with `account: …`"),
                node.origin,
            );
        }
        self.setting.account.clone()
    }

    /// The parts of an ARN that an answer states; a problem when it is none.
    fn arn<'a>(&mut self, arn: &'a Spanned<String>) -> Option<Arn<'a>> {
        let parsed = Arn::parse(&arn.value);
        let Some(parsed) = parsed else {
            self.loading
                .problem(format!("`{}` is not an ARN", arn.value), None, arn.origin);
            return None;
        };
        if let Some(account) = &self.setting.account
            && account != parsed.account
        {
            let message = format!(
                "this answer is about account {}, and the include names account {account}",
                parsed.account
            );
            self.loading.note(message, Some(arn.origin));
        }
        Some(parsed)
    }

    /// A member that must be there.
    fn required(&mut self, node: &Node, name: &str, what: &str) -> Option<Spanned<String>> {
        let value = node.get(name).and_then(spelt);
        if value.is_none() {
            self.loading
                .problem(format!("{what} has no `{name}`"), None, node.origin);
        }
        value
    }
}

/// The AWS resource that an answer describes.
struct Subject {
    name: Spanned<String>,
    arn: Option<Text>,
    home: Home,
    /// Whether the answer states everything about it.
    is_whole: bool,
    origin: Origin,
}

/// The account, Region and partition of an ARN.
fn home_of(arn: &Arn<'_>) -> Home {
    Home {
        account: AccountId::parse(arn.account).map(|id| id.to_string()),
        region: Region::parse(arn.region).map(|region| region.to_string()),
        partition: arn.partition.to_owned(),
    }
}

/// A map of the members that an answer states.
fn stated(members: Vec<(&str, Node)>, origin: Origin) -> Node {
    let members = members.into_iter();
    Node {
        value: Value::Map(
            members
                .map(|(name, node)| (text(name, node.origin), node))
                .collect(),
        ),
        origin,
    }
}

/// The answer, with `null` for each of these members that it leaves out.
fn with_absent(node: &Node, names: &[&str]) -> Node {
    let mut members = node.as_map().map(<[_]>::to_vec).unwrap_or_default();
    let missing = names.iter().filter(|name| node.get(name).is_none());
    members.extend(missing.map(|name| {
        let value = Value::Null;
        let origin = node.origin;
        (text(*name, origin), Node { value, origin })
    }));
    Node {
        value: Value::Map(members),
        origin: node.origin,
    }
}
