/**
 * Folders where each file is one thing: markets, causes, value maps. Read at start, strictly, naming file and key when something is
 * wrong. It knows nobody.
 */
package routes.file;
