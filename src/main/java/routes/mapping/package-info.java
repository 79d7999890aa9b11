/**
 * Mappings: JSLT files that turn what a partner says into our words and back.
 *
 * <p>A mapping {@code <partner>/<operation>.request} answers a request as data, which the partner transport sends:
 *
 * <pre>
 * {"method": "POST", "path": "/api/v2/transactions/create", "query": {"k": "v"}, "headers": {"k": "v"}, "body": {...}}
 * {"graphql": "shopify/capture-payment", "variables": {...}}       the document is
 * mappings/shopify/capture-payment.graphql
 * </pre>
 *
 * and beside these, where it helps:
 *
 * <ul>
 *   <li>{@code "root": "transactions"}: the body is written as XML under that root ({@link routes.mapping.Writing});
 *   <li>{@code "echo": {"pointer": "/code", "value": "OH-1-P1"}}: an answer that holds another value there is somebody
 *       else's answer and is not believed;
 *   <li>{@code "answers": [400]}: statuses beside 2xx that are an answer, not a failure; the response mapping reads
 *       their body;
 *   <li>{@code "context": {...}}: never sent; what a later look-up needs to recognise the effect.
 * </ul>
 *
 * <p>Some partners refuse with a 200. {@code <partner>/<operation>.refusal}, where it exists, reads the answer and says
 * {@code {"code": ..., "message": ...}} when it is a refusal and null when it is not. The response mapping of such an
 * operation refuses too, so that nobody who forgets to ask takes a refusal for an answer.
 *
 * <p>JSLT works with doubles and leaves out keys whose value is null, {} or []. So money is only ever whole minor
 * units, turned by {@code minor} and {@code decimal}; a reader of a mapping's answer takes an absent key for null or
 * empty.
 *
 * <p>What a value is called elsewhere, staff keep in value maps: {@link routes.mapping.ValueMaps} are files, their rows are
 * kept by whoever implements {@link routes.mapping.ValueRows}.
 *
 * <p>This package knows {@code routes.ledger}, for the arithmetic of money, {@code routes.file}, and of the inbox only what a
 * cause is.
 */
package routes.mapping;
