package dev.overlays.testkit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class TreeSyntaxTest {
  private record Wrong(int line, String message, String text) {}

  private static final List<Wrong> WRONG =
      List.of(
          new Wrong(1, "/ or one of: \"content\"", "a wrong"),
          new Wrong(2, "/ or one of: \"content\"", "a\nb 755"),
          new Wrong(1, "/ or one of: \"content\"", "a color=red"),
          new Wrong(1, "a space", "a/b"),
          new Wrong(1, "a space", "a \"x\"\"y\""),
          new Wrong(1, "a name that an entry can have", ".. \"x\""),
          new Wrong(1, "a name that an entry can have", "\"a/b\""),
          new Wrong(2, "a name that is not there yet", "a\na/"),
          new Wrong(2, "the indent of its directory's entries, 0", "a\n  b"),
          new Wrong(4, "the indent of its directory's entries, 0", "a/\n  b\nc\n   d"),
          new Wrong(3, "the indent of its directory's entries, 2", "a/\n  b\n   c"),
          new Wrong(4, "the indent of its directory's entries, 0", "a/\n    b\nc\n  d"),
          new Wrong(1, "spaces in front of a name", "\ta"),
          new Wrong(1, "a closing quote", "a \"x"),
          new Wrong(1, "one of the escapes", "a \"\\q\""),
          new Wrong(1, "two hexadecimal digits", "a \"\\x1\""),
          new Wrong(1, "one content only", "a \"x\" \"y\""),
          new Wrong(1, "one content only", "a \"x\" size=1"),
          new Wrong(1, "size= beside sha256=", "a sha256=" + "0".repeat(64)),
          new Wrong(1, "64 small hexadecimal digits", "a size=1 sha256=00"),
          new Wrong(1, "a number of bytes", "a size=1X"),
          new Wrong(1, "a number of bytes", "a size=99999999999G"),
          new Wrong(1, "size:seed", "a random=1:x"),
          new Wrong(1, "user:group by number", "a owner=root"),
          new Wrong(1, "major:minor", "a char=1"),
          new Wrong(1, "a time as", "a mtime=yesterday"),
          new Wrong(1, "one kind of entry only", "a whiteout fifo"),
          new Wrong(1, "one kind of entry only", "a/ -> b"),
          new Wrong(1, "no content, which only a file has", "a/ \"x\""),
          new Wrong(1, "no content, which only a file has", "a whiteout size=1"),
          new Wrong(1, "nothing else after a whiteout", "a whiteout 0644"),
          new Wrong(2, "nothing else after a hard link", "a\nb => a 0644"),
          new Wrong(1, "no mode, which a symbolic link has not", "a -> b 0777"),
          new Wrong(1, "no marks", "a -> b opaque"),
          new Wrong(1, "the target of the link", "a ->"),
          new Wrong(1, "the path of an entry of this tree", "a => b"),
          new Wrong(2, "the path of an entry of this tree", "a/\nb => a"),
          new Wrong(2, "the root as ./ in the first line", "a\n./"),
          new Wrong(1, "the root as ./ in the first line", ". \"x\""),
          new Wrong(1, "the value of the attribute", "a user.x="));

  @TestFactory
  List<DynamicTest> wrongLinesAreToldWithWhatIsExpected() {
    return WRONG.stream()
        .map(
            wrong ->
                DynamicTest.dynamicTest(
                    wrong.text(),
                    () -> {
                      TreeSyntaxException error =
                          assertThrows(
                              TreeSyntaxException.class, () -> LayerTree.parse(wrong.text()));
                      assertEquals(wrong.line(), error.line(), error.getMessage());
                      assertTrue(error.expected().startsWith(wrong.message()), error.getMessage());
                      assertTrue(
                          error
                              .getMessage()
                              .startsWith(
                                  "line " + error.line() + ": expected " + error.expected()),
                          error.getMessage());
                    }))
        .toList();
  }
}
