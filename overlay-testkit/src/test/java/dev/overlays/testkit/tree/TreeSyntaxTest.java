package dev.overlays.testkit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class TreeSyntaxTest {
  private record WrongText(int line, String message, String text) {}

  private static final List<WrongText> WRONG =
      List.of(
          new WrongText(1, "/ or one of: \"content\"", "a wrong"),
          new WrongText(2, "/ or one of: \"content\"", "a\nb 755"),
          new WrongText(1, "/ or one of: \"content\"", "a color=red"),
          new WrongText(1, "a space", "a/b"),
          new WrongText(1, "a space", "a \"x\"\"y\""),
          new WrongText(1, "a name that an entry can have", ".. \"x\""),
          new WrongText(1, "a name that an entry can have", "\"a/b\""),
          new WrongText(2, "a name that is not used yet", "a\na/"),
          new WrongText(2, "the indent of its directory's entries, 0", "a\n  b"),
          new WrongText(4, "the indent of its directory's entries, 0", "a/\n  b\nc\n   d"),
          new WrongText(3, "the indent of its directory's entries, 2", "a/\n  b\n   c"),
          new WrongText(4, "the indent of its directory's entries, 0", "a/\n    b\nc\n  d"),
          new WrongText(1, "spaces in front of a name", "\ta"),
          new WrongText(1, "a closing quote", "a \"x"),
          new WrongText(1, "one of the escapes", "a \"\\q\""),
          new WrongText(1, "two hexadecimal digits", "a \"\\x1\""),
          new WrongText(1, "one content only", "a \"x\" \"y\""),
          new WrongText(1, "one content only", "a \"x\" size=1"),
          new WrongText(1, "size= beside sha256=", "a sha256=" + "0".repeat(64)),
          new WrongText(1, "64 small hexadecimal digits", "a size=1 sha256=00"),
          new WrongText(1, "a number of bytes", "a size=1X"),
          new WrongText(1, "a number of bytes", "a size=99999999999G"),
          new WrongText(1, "size:seed", "a random=1:x"),
          new WrongText(1, "user:group by number", "a owner=root"),
          new WrongText(1, "major:minor", "a char=1"),
          new WrongText(1, "a time as", "a mtime=yesterday"),
          new WrongText(1, "one kind of entry only", "a whiteout fifo"),
          new WrongText(1, "one kind of entry only", "a/ -> b"),
          new WrongText(1, "no content, which only a file has", "a/ \"x\""),
          new WrongText(1, "no content, which only a file has", "a whiteout size=1"),
          new WrongText(1, "nothing else after a whiteout", "a whiteout 0644"),
          new WrongText(2, "nothing else after a hard link", "a\nb => a 0644"),
          new WrongText(1, "no mode, which a symbolic link lacks", "a -> b 0777"),
          new WrongText(1, "no marks", "a -> b opaque"),
          new WrongText(1, "the target of the link", "a ->"),
          new WrongText(1, "the path of an entry of this tree", "a => b"),
          new WrongText(2, "the path of an entry of this tree", "a/\nb => a"),
          new WrongText(2, "the root as ./ in the first line", "a\n./"),
          new WrongText(1, "the root as ./ in the first line", ". \"x\""),
          new WrongText(1, "the value of the attribute", "a user.x="));

  @TestFactory
  List<DynamicTest> reportsTheLineAndWhatWasExpected() {
    return WRONG.stream()
        .map(
            wrong ->
                DynamicTest.dynamicTest(
                    wrong.text(),
                    () -> {
                      TreeSyntaxException error =
                          assertThrows(
                              TreeSyntaxException.class, () -> LayerTree.parse(wrong.text()));
                      assertEquals(wrong.line(), error.lineNumber(), error.getMessage());
                      assertTrue(error.expected().startsWith(wrong.message()), error.getMessage());
                      assertTrue(
                          error
                              .getMessage()
                              .startsWith(
                                  "line " + error.lineNumber() + ": expected " + error.expected()),
                          error.getMessage());
                    }))
        .toList();
  }
}
