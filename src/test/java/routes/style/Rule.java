package routes.style;

/**
 * The house rules of route files. A rule is here because breaking it hurts replay, operations or the reader at 3 a.m.; one
 * that needs a second exception is removed.
 */
enum Rule {
    YAML_IS_READABLE("the file is YAML, a list of entries", "nothing in it would run", "mend what the parser names"),
    FILE_IS_LOADED(
            "route files end in .camel.yaml, in flows/, partners/, policies/ or ops/",
            "any other file is passed over in silence",
            "move it or rename it"),
    TOP_LEVEL_IS_ROUTE_OR_POLICY(
            "a file holds routes and routeConfigurations only",
            "the compact forms are going away, and a bare onException or errorHandler guards its own file only",
            "- route: {id, description, from: {uri, steps}}, or a policy in policies/"),
    FILE_BEGINS_WITH_MAP(
            "a file begins with a comment; a flow's draws its steps with ->",
            "one reads a story from its map",
            "# ORDER CAPTURE: from ... to ...   and below it  #   accept -> quote-tax -> ..."),
    ID_IS_FILE_AND_VERB(
            "a route's id is <file>.<verb-noun>",
            "an id leads to its file, on the console and at night",
            "id: <this file's name>.<verb-noun>, small letters and hyphens"),
    ID_IS_UNIQUE("no two routes have one id", "Camel does not name the files of twins", "name one of them anew"),
    ADDRESS_IS_ID(
            "a direct route's address is its id",
            "a replayed message is sent to direct:<id of its step>",
            "uri: direct:<id>"),
    DESCRIPTION_IS_A_SENTENCE(
            "a description is one sentence of at most 120 characters",
            "it stands beside the failure that staff read",
            "description: what this step does, ending in a full stop"),
    DESCRIPTION_IS_UNIQUE(
            "no two routes have one description", "staff could not tell two failures apart", "say what this one does"),
    STEP_HAS_POLICY(
            "a step names a policy that exists",
            "Camel passes over a wrong name in silence, and what fails is lost",
            "routeConfigurationId: <a file's name in policies/>"),
    POLICY_IS_ITS_FILE(
            "a policy's id is its file's name",
            "a step finds its policy by that name",
            "one routeConfiguration per file, its id the file's name"),
    DOOR_ANSWERS_TRULY(
            "an HTTP door's policy has no dead-letter channel",
            "with one the caller reads success and its own words back",
            "routeConfigurationId: answer-the-caller"),
    PARTNERS_THROW(
            "a partner's direct route has errorHandler: {noErrorHandler: {}} and no policy",
            "any other skips the asking step's policy: nothing is tried again, nothing is parked",
            "errorHandler: {noErrorHandler: {}}"),
    FLOWS_NAME_ROLES(
            "flows and policies name no partner",
            "a market chooses its partners; a flow that names one serves one market",
            "toD: direct:${variable.partners[<role>]}.<operation>"),
    PARTNERS_KEEP_TO_THEMSELVES(
            "a partner's file uses no other partner's mappings or calls",
            "a line copied from a neighbour would tell one partner another's business",
            "this file's own partner"),
    NO_URL(
            "no URL in a route",
            "where a partner lives is a setting, different in each house",
            "oms.partners.<partner>.url, through partner:"),
    HEADERS_ARE_NOT_WIPED(
            "no bare removeHeaders \"*\"",
            "it wipes the counter of retries, which then never end",
            "removeHeaders: {pattern: \"*\", excludePattern: \"oms-.*|CamelRedeliver.*|Content-Type\"}"),
    NO_SCRIPT(
            "no script and no other language than Simple",
            "what must never be false is Java, which field becomes which is a mapping",
            "a verb of a bean, or mapping:"),
    NO_ARITHMETIC(
            "no arithmetic in Simple", "it computes with doubles, or with texts", "a verb of a bean, or a mapping"),
    NO_MONEY_IN_SIMPLE(
            "no Simple comparison of money",
            "Simple compares numbers of different kinds wrongly",
            "let a verb decide, and choose by the status or word it answers"),
    NO_SQL(
            "no SQL in flows and partners",
            "rows are written by verbs, in one commit with what caused them",
            "a verb of a bean"),
    ONE_TURN_ONE_THREAD(
            "no threads, parallel steps, seda, wire taps or pauses in flows",
            "a turn runs on one thread under one lease; what leaves it is lost by a crash",
            "a step after the other; what may wait is a message of its own: inbox:"),
    ENDPOINT_IS_WHOLE(
            "an endpoint is written as scheme:name", "it could not be found by searching", "uri: direct:<id>"),
    MAPPING_EXISTS("every mapping named exists", "the first order would find out", "mappings/<name>.jslt"),
    TARGET_EXISTS(
            "every direct: target is a route's address",
            "Camel does not look at the start; the order would wait and fail",
            "the id of an existing route"),
    OPERATION_EXISTS(
            "an operation asked of a role exists at some partner",
            "the order would fail in every market",
            "a route <partner>.<operation> in partners/"),
    LOOK_UP_EXISTS(
            "every lookUp: is a route",
            "after an unknown outcome nobody could ask, and every such case would need a person",
            "lookUp: <the id of a route that asks the partner>");

    final String says;
    final String why;
    final String write;

    Rule(String says, String why, String write) {
        this.says = says;
        this.why = why;
        this.write = write;
    }
}
