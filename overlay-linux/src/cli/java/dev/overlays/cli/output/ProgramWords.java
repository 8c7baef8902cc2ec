package dev.overlays.cli.output;

import java.util.List;
import java.util.regex.Pattern;

/** What the library says to Java programs, in the words of the command line. */
final class ProgramWords {

  /** A call of the library, and the option or command that stands for it. */
  private record Translation(Pattern call, String words) {
    Translation(String call, String words) {
      this(Pattern.compile(call), words);
    }
  }

  private static final List<Translation> TRANSLATIONS =
      List.of(
          new Translation(
              "or close with UnmountOptions\\.waitingUpTo\\(duration\\)", "or use --wait"),
          new Translation("(options\\(o -> o\\.)?withUserXattr\\(true\\)\\)?", "-o userxattr"),
          new Translation("withRedirectDir\\(RedirectDir\\.ON\\)", "-o redirect_dir=on"),
          new Translation("withMetacopy\\(true\\)", "-o metacopy"),
          new Translation("withIndex\\(true\\)", "-o index"),
          new Translation("Ephemeral\\.in\\(directory\\)", "--on DIR"),
          new Translation(" or ephemeral\\(\\),", " or --upper DIR,"),
          new Translation("OverlayCheck\\.repair\\(\\)", "\"overlays check --repair\""),
          new Translation("\\b(instance|lower|upper|work)\\(directory\\)", "--$1 DIR"),
          new Translation("\\bcreate\\(\"(.*?)\"\\)", "\"overlays create $1\""),
          new Translation("plainHttp\\(true\\)", "--plain-http"),
          new Translation("\\boverwriting\\(\\)", "--overwrite"),
          new Translation("replacingUnpublished\\(\\)", "--replace-unpublished"),
          new Translation("by silenceLimit\\b", "by --silence-limit"),
          new Translation("by tokenServer\\b", "by --token-server"),
          new Translation("squashOwners\\(\\)", "--squash-owners"));

  private ProgramWords() {}

  static String translate(String text) {
    String translated = text;
    for (Translation each : TRANSLATIONS) {
      translated = each.call().matcher(translated).replaceAll(each.words());
    }
    return translated;
  }
}
