package routes.guard;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds numbers of payment cards (PANs) in text: 14 to 19 digits, bare or in groups parted by single spaces or hyphens, of a
 * known brand's beginning and length, whose last digit is right (Luhn). About one in ten numbers that merely look alike
 * passes, so what stands in a name or an address (next to letters, slashes, dots) is left alone, and a number without
 * quotes in JSON, which is an id as a rule, has to be of a length cards really have today (15 or 16).
 */
public final class CardNumbers {

    private static final int FEWEST = 14;
    private static final int MOST = 19;

    private CardNumbers() {}

    /** Where a card number stands in a text: from, and up to but not including, to. */
    private record Place(int from, int to) {}

    /** Whether a text holds one. */
    public static boolean in(String text) {
        return text != null && !places(text).isEmpty();
    }

    /** Whether raw bytes hold one; bytes beyond ASCII end a number like any letter. */
    public static boolean in(byte[] bytes) {
        return bytes != null && in(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** The same text with all but the last four digits of each card number as asterisks; groups stay as they are. */
    public static String masked(String text) {
        if (text == null || text.length() < FEWEST) {
            return text;
        }
        List<Place> places = places(text);
        if (places.isEmpty()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text);
        for (Place place : places) {
            int left = 4;
            for (int i = place.to() - 1; i >= place.from(); i--) {
                if (digit(out.charAt(i)) && left-- <= 0) {
                    out.setCharAt(i, '*');
                }
            }
        }
        return out.toString();
    }

    /** JSON pointers (RFC 6901) to every value, or name, of a tree that holds one; a name is pointed at by its object. */
    public static List<String> pointers(JsonNode tree) {
        List<String> pointers = new ArrayList<>();
        walk("", tree, pointers);
        return pointers;
    }

    private static void walk(String at, JsonNode node, List<String> pointers) {
        if (node.isObject()) {
            node.properties().forEach(field -> {
                if (in(field.getKey())) {
                    pointers.add(at);
                } else {
                    walk(at + "/" + escaped(field.getKey()), field.getValue(), pointers);
                }
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(at + "/" + i, node.get(i), pointers);
            }
        } else if (node.isTextual() && in(node.textValue()) || node.isNumber() && in(":" + node.asText())) {
            pointers.add(at);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static List<Place> places(String text) {
        List<Place> places = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            if (!digit(text.charAt(i))) {
                i++;
                continue;
            }
            int end = end(text, i);
            if (end - i >= FEWEST) {
                search(text, i, end, places);
            }
            i = end;
        }
        return places;
    }

    /** Looks at every row of whole groups in a run: an expiry date or a quantity may stand beside the number. */
    private static void search(String text, int from, int to, List<Place> places) {
        int start = from;
        while (start < to) {
            int found = apart(text, start - 1) ? longest(text, start, to) : -1;
            if (found > 0) {
                places.add(new Place(start, found));
                start = found;
            } else {
                start = group(text, start, to);
            }
            while (start < to && !digit(text.charAt(start))) {
                start++;
            }
        }
    }

    private static int longest(String text, int from, int to) {
        int found = -1;
        for (int end = group(text, from, to); end <= to; end = group(text, end + 1, to)) {
            int digits = 0;
            for (int i = from; i < end; i++) {
                digits += digit(text.charAt(i)) ? 1 : 0;
            }
            if (digits > MOST) {
                break;
            }
            if (apart(text, end) && card(text, from, end)) {
                found = end;
            }
            if (end == to) {
                break;
            }
        }
        return found;
    }

    private static int group(String text, int from, int to) {
        int end = from;
        while (end < to && digit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** The end of a run of digits with at most one space or hyphen between two of them. */
    private static int end(String text, int from) {
        int end = from;
        while (end < text.length()) {
            if (digit(text.charAt(end))) {
                end++;
            } else if ((text.charAt(end) == ' ' || text.charAt(end) == '-')
                    && end + 1 < text.length()
                    && digit(text.charAt(end + 1))) {
                end += 2;
            } else {
                break;
            }
        }
        return end;
    }

    /** Whether what stands there parts a number from its surroundings. */
    private static boolean apart(String text, int at) {
        if (at < 0 || at >= text.length()) {
            return true;
        }
        char c = text.charAt(at);
        return !Character.isLetterOrDigit(c) && "/_-+#.\\".indexOf(c) < 0 || c == '.' && sentenceEnds(text, at);
    }

    private static boolean sentenceEnds(String text, int at) {
        return at + 1 >= text.length() || !Character.isLetterOrDigit(text.charAt(at + 1));
    }

    private static boolean card(String text, int from, int to) {
        StringBuilder digits = new StringBuilder();
        for (int i = from; i < to; i++) {
            if (digit(text.charAt(i))) {
                digits.append(text.charAt(i));
            }
        }
        String number = digits.toString();
        boolean bare = bareJson(text, from);
        return number.length() >= FEWEST
                && number.length() <= MOST
                && !(bare && number.length() != 15 && number.length() != 16)
                && ofABrand(number)
                && luhn(number);
    }

    /** Whether a number stands in JSON without quotes. */
    private static boolean bareJson(String text, int from) {
        int before = from - 1;
        while (before >= 0 && text.charAt(before) == ' ') {
            before--;
        }
        return before >= 0 && ":[,".indexOf(text.charAt(before)) >= 0;
    }

    private static boolean ofABrand(String number) {
        int length = number.length();
        int two = Integer.parseInt(number.substring(0, 2));
        int three = Integer.parseInt(number.substring(0, 3));
        int four = Integer.parseInt(number.substring(0, 4));
        return switch (number.charAt(0)) {
            case '4' -> length == 16 || length == 19;
            case '2' -> four >= 2221 && four <= 2720 && length == 16;
            case '5' -> two >= 51 && two <= 55 && length == 16;
            case '3' -> (two == 34 || two == 37) && length == 15
                    || (two == 36 || two == 38 || three >= 300 && three <= 305) && length == 14
                    || four >= 3528 && four <= 3589 && length >= 16;
            case '6' -> (four == 6011 || three >= 644 && three <= 649 || two == 65 || two == 62) && length >= 16;
            default -> false;
        };
    }

    private static boolean luhn(String number) {
        int sum = 0;
        boolean twice = false;
        for (int i = number.length() - 1; i >= 0; i--) {
            int digit = number.charAt(i) - '0';
            if (twice) {
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            }
            sum += digit;
            twice = !twice;
        }
        return sum % 10 == 0;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
