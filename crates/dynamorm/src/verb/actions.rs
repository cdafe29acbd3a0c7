//! The update expression: the caller's actions, and what follows from them.

use dynamorm_core::{
    Attribute, Error, ErrorKind, Timestamp,
    codec::{EncodeError, Writer},
    expression::{Absence as _, Operand, Path, Placeholders},
    key::Template,
    model::{Assigned, Assignments, KeyGroup, Model, PrimaryKey},
    wire::check_index_key,
};

use super::condition::Conditions;

/// The actions of one update, clause by clause.
#[derive(Clone, Debug)]
pub(super) struct Actions {
    set: String,
    remove: String,
    add: String,
    delete: String,
    /// The values that fields were set to, for the index keys that are made of them.
    assigned: Assignments,
    /// The parts of index keys that an item in hand has.
    in_hand: Assignments,
    is_repeatable: bool,
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            set: String::new(),
            remove: String::new(),
            add: String::new(),
            delete: String::new(),
            assigned: Assignments::default(),
            in_hand: Assignments::default(),
            is_repeatable: true,
        }
    }
}

/// A clause's text, ready for one more action.
fn next(clause: &mut String) -> &mut String {
    if !clause.is_empty() {
        clause.push_str(", ");
    }
    clause
}

/// Appends an operand; its error is put inside what the path leads to.
fn write_operand<P: Path, V, M>(
    path: &P,
    operand: &impl Operand<V, M>,
    text: &mut String,
    placeholders: &mut Placeholders,
) {
    placeholders.locating(|error| path.locate(error), |placeholders| operand.write(text, placeholders));
}

/// Appends one action: the path, what stands between, and the operand.
fn push_action<P: Path, V, M>(
    clause: &mut String,
    path: &P,
    between: &str,
    operand: &impl Operand<V, M>,
    placeholders: &mut Placeholders,
) {
    let text = next(clause);
    path.write_path(text, placeholders);
    text.push_str(between);
    write_operand(path, operand, text, placeholders);
}

impl Actions {
    pub(super) fn set<P: Path<Model: Model>>(
        &mut self,
        path: &P,
        value: &impl Operand<P::Value, P::Model>,
        placeholders: &mut Placeholders,
    ) {
        if let Some(attribute) = P::ATTRIBUTE {
            self.keep_assigned::<P>(attribute, value, placeholders);
        }
        // Beyond a list's end, DynamoDB appends: a second run would append again.
        self.is_repeatable &= !P::IS_POSITIONAL;
        if P::is_absent(value) {
            path.write_path(next(&mut self.remove), placeholders);
            return;
        }
        let text = next(&mut self.set);
        path.write_path(text, placeholders);
        text.push_str(" = ");
        let start = text.len();
        write_operand(path, value, text, placeholders);
        // A value is a placeholder, `:v0`. Another path may hold something else by the time of a second run.
        self.is_repeatable &= text.get(start..).is_some_and(|operand| operand.starts_with(':'));
    }

    /// Keeps the value of a whole attribute that an index key is, or is made of.
    fn keep_assigned<P: Path<Model: Model>>(
        &mut self,
        attribute: &'static str,
        value: &impl Operand<P::Value, P::Model>,
        placeholders: &mut Placeholders,
    ) {
        let table = P::Model::TABLE;
        if !table.is_in_index_key(attribute) {
            return;
        }
        if value.is_absent_operand() {
            self.assigned.insert(attribute, Assigned::Absent);
            return;
        }
        let mut writer = Writer::new();
        match value.encode_operand(&mut writer) {
            Ok(true) => {
                let value_is_left_out = P::is_absent(value);
                let value = writer.into_vec();
                let assigned =
                    if value_is_left_out { Assigned::LeftOut(value) } else { Assigned::Stored(value) };
                self.assigned.insert(attribute, assigned);
            }
            // The value is another path's: only the engine knows it.
            Ok(false) => {
                let is_part = |template: &Template| template.field_attributes().any(|part| part == attribute);
                if table.templates.iter().any(is_part) {
                    let reason =
                        "part of an index key takes a value, not another path: the key is made of it";
                    placeholders.refuse(EncodeError::new(reason).in_attribute(attribute));
                }
            }
            Err(error) => placeholders.refuse(error.in_attribute(attribute)),
        }
    }

    pub(super) fn set_if_absent<P: Path, M>(
        &mut self,
        path: &P,
        value: &impl Operand<P::Value, M>,
        placeholders: &mut Placeholders,
    ) {
        if P::is_absent(value) {
            return;
        }
        let text = next(&mut self.set);
        path.write_path(text, placeholders);
        text.push_str(" = if_not_exists(");
        path.write_path(text, placeholders);
        text.push_str(", ");
        write_operand(path, value, text, placeholders);
        text.push(')');
    }

    pub(super) fn set_group(&mut self, group: &impl KeyGroup, placeholders: &mut Placeholders) {
        let mut values = Assignments::default();
        if let Err(error) = group.assign(&mut values) {
            placeholders.refuse(error);
        }
        for (attribute, assigned) in values.iter() {
            self.write_set(attribute, assigned.stored(), placeholders);
            self.assigned.insert(attribute, assigned.clone());
        }
    }

    fn write_set(&mut self, attribute: &'static str, value: Option<&[u8]>, placeholders: &mut Placeholders) {
        let Some(value) = value else {
            placeholders.push_name(next(&mut self.remove), attribute);
            return;
        };
        let text = next(&mut self.set);
        placeholders.push_name(text, attribute);
        text.push_str(" = ");
        placeholders.push_value(text, |writer| {
            writer.raw_bytes(value);
            Ok(())
        });
    }

    pub(super) fn take_parts<M: Model>(&mut self, item: &M, placeholders: &mut Placeholders) {
        if let Err(error) = item.index_parts(&mut self.in_hand) {
            placeholders.refuse(error);
        }
    }

    pub(super) fn remove<P: Path>(&mut self, path: &P, placeholders: &mut Placeholders) {
        self.is_repeatable &= !P::IS_POSITIONAL;
        path.write_path(next(&mut self.remove), placeholders);
    }

    pub(super) fn add<P: Path, M>(
        &mut self,
        path: &P,
        value: &impl Operand<P::Value, M>,
        placeholders: &mut Placeholders,
    ) {
        if P::is_absent(value) {
            return;
        }
        self.is_repeatable = false;
        push_action(&mut self.add, path, " ", value, placeholders);
    }

    pub(super) fn subtract<P: Path, M>(
        &mut self,
        path: &P,
        value: &impl Operand<P::Value, M>,
        placeholders: &mut Placeholders,
    ) {
        if P::is_absent(value) {
            return;
        }
        self.is_repeatable = false;
        let mut between = String::from(" = ");
        path.write_path(&mut between, placeholders);
        between.push_str(" - ");
        push_action(&mut self.set, path, &between, value, placeholders);
    }

    pub(super) fn delete<P: Path, M>(
        &mut self,
        path: &P,
        elements: &impl Operand<P::Value, M>,
        placeholders: &mut Placeholders,
    ) {
        if P::is_absent(elements) {
            return;
        }
        push_action(&mut self.delete, path, " ", elements, placeholders);
    }

    pub(super) fn join_lists<P: Path, M>(
        &mut self,
        path: &P,
        elements: &impl Operand<P::Value, M>,
        is_before: bool,
        placeholders: &mut Placeholders,
    ) {
        if P::is_absent(elements) {
            return;
        }
        self.is_repeatable = false;
        let mut stored = String::from("if_not_exists(");
        path.write_path(&mut stored, placeholders);
        stored.push_str(", ");
        placeholders.push_value(&mut stored, |writer| {
            writer.raw("{\"L\":[]}");
            Ok(())
        });
        stored.push(')');
        let mut given = String::new();
        write_operand(path, elements, &mut given, placeholders);
        let (first, second) = if is_before { (given, stored) } else { (stored, given) };

        let text = next(&mut self.set);
        path.write_path(text, placeholders);
        text.push_str(" = list_append(");
        text.push_str(&first);
        text.push_str(", ");
        text.push_str(&second);
        text.push(')');
    }

    /// Whether a second run would leave what the first one left.
    pub(super) fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }

    /// The whole expression: with the index keys that follow, `updated_at` and `version`.
    pub(super) fn expression<M: Model>(
        &self,
        key: &M::Key,
        now: Timestamp,
        conditions: &mut Conditions,
        placeholders: &mut Placeholders,
    ) -> Result<String, Error> {
        let mut all = self.clone();
        for (attribute, assigned) in self.assigned.iter() {
            if let Some(value) = assigned.stored() {
                check_index_key(attribute, value, M::TABLE)?;
            }
        }
        let mut from_item = Vec::new();
        for template in M::TABLE.templates {
            if template.field_attributes().any(|attribute| self.assigned.get(attribute).is_some()) {
                let joined = self.join::<M>(template, key, &mut from_item)?;
                let encoded = joined.map(|text| {
                    let mut writer = Writer::new();
                    writer.string(&text);
                    writer.into_vec()
                });
                if let Some(encoded) = &encoded {
                    check_index_key(template.attribute, encoded, M::TABLE)?;
                }
                all.write_set(template.attribute, encoded.as_deref(), placeholders);
            }
        }
        for attribute in from_item {
            if let Some(part) = self.in_hand.get(attribute) {
                conditions.add_part(attribute, part, placeholders);
            }
        }
        if let Some(attribute) = M::TABLE.updated_at {
            let text = next(&mut all.set);
            placeholders.push_name(text, attribute);
            text.push_str(" = ");
            placeholders.push_value(text, |writer| now.encode(writer));
        }
        if let Some(attribute) = M::TABLE.version {
            let text = next(&mut all.add);
            placeholders.push_name(text, attribute);
            text.push(' ');
            placeholders.push_value(text, |writer| 1_u64.encode(writer));
        }
        Ok(all.clauses())
    }

    /// The text of an index key; the parts that an item in hand gave are added to `from_item`.
    fn join<M: Model>(
        &self,
        template: &Template,
        key: &M::Key,
        from_item: &mut Vec<&'static str>,
    ) -> Result<Option<String>, Error> {
        let mut of_key = Assignments::default();
        for attribute in template.field_attributes() {
            if self.assigned.get(attribute).is_some() {
                continue;
            }
            let mut writer = Writer::new();
            if key.encode_part(attribute, &mut writer)? {
                of_key.insert(attribute, Assigned::Stored(writer.into_vec()));
            } else if self.in_hand.get(attribute).is_none() {
                return Err(set_in_part(template));
            } else if !from_item.contains(&attribute) {
                from_item.push(attribute);
            }
        }
        let value_of = |attribute: &str| {
            self.assigned
                .get(attribute)
                .or_else(|| of_key.get(attribute))
                .or_else(|| self.in_hand.get(attribute))
                .and_then(Assigned::value)
        };
        Ok(template.join(|field| value_of(field.attribute))?)
    }

    fn clauses(&self) -> String {
        let clauses =
            [("SET ", &self.set), ("REMOVE ", &self.remove), ("ADD ", &self.add), ("DELETE ", &self.delete)];
        let mut expression = String::new();
        for (keyword, actions) in clauses {
            if !actions.is_empty() {
                if !expression.is_empty() {
                    expression.push(' ');
                }
                expression.push_str(keyword);
                expression.push_str(actions);
            }
        }
        expression
    }
}

fn set_in_part(template: &Template) -> Error {
    let fields: Vec<String> = template.field_attributes().map(|attribute| format!("`{attribute}`")).collect();
    let message = format!(
        "index key `{}` is set only in part; set {} together with `.set_group(…)`, or take the missing parts from an \
         item in hand with `.rekey(&item)`",
        template.attribute,
        fields.join(", ")
    );
    Error::new(ErrorKind::Validation, message)
}
