package dev.overlays.merge.oci.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.layout.JsonFields;
import dev.overlays.merge.oci.layout.JsonText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Creates the exceptions for what a registry does not do. */
record RegistryRefusals(ImageReference reference) {
  private static final int TEXT_LENGTH = 300;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  OverlayException notReached(Throwable cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.REGISTRY_NOT_REACHED,
                "The registry of " + reference + " cannot be reached: " + reasonOf(cause) + ".",
                "Check name, port and network, and try again; if it speaks http without TLS, say"
                    + " so by plainHttp(true).")),
        cause);
  }

  /** Creates the exception for a registry that neither sends nor takes anything. */
  OverlayException silent(Duration limit) {
    String time = limit.toMillis() / 1e3 + " seconds";
    return new OverlayException(
        Problem.of(
            ProblemCode.REGISTRY_NOT_REACHED,
            "The registry of "
                + reference
                + " has neither sent nor taken anything for "
                + time
                + ", so the request was given up.",
            "Look whether it is overloaded, and try again; what was transferred as a whole stays. If"
                + " it needs more time, give it by silenceLimit."));
  }

  /** Creates the exception for a server of tokens that is not the registry's own. */
  OverlayException foreignTokenServer(URI realm) {
    return new OverlayException(
        Problem.of(
            ProblemCode.REGISTRY_DENIED,
            "The registry of "
                + reference
                + " wants the password to be sent to "
                + realm
                + ", which does not belong to it or can be overheard; it was not sent.",
            "If you trust this server, allow its host by tokenServer; an http address is never"
                + " allowed for a registry with https."));
  }

  OverlayException unknownChallenge(String challenge) {
    return denied("tell how to log in", "it asks for \"" + challenge + "\"");
  }

  OverlayException unusableCertificates(Path file, Exception cause) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.REGISTRY_NOT_REACHED,
                file,
                "The certificates for the registry of "
                    + reference
                    + " cannot be read: "
                    + reasonOf(cause)
                    + ".",
                "Give a file of certificates in the form PEM.")),
        cause);
  }

  /** The HTTP client leaves the message to one of the causes, or to none. */
  private static String reasonOf(Throwable cause) {
    String text = cause.getClass().getSimpleName();
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t.getMessage() != null) {
        return text + ": " + t.getMessage();
      }
    }
    return text;
  }

  /** Creates the exception for an answer that is no success. */
  OverlayException answered(String action, int status, String body) {
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return denied(action, "status " + status + reasonOf(body));
    }
    return refused(action, "status " + status + reasonOf(body));
  }

  OverlayException denied(String action, String reason) {
    return new OverlayException(
        Problem.of(
            ProblemCode.REGISTRY_DENIED,
            "The registry of "
                + reference
                + " did not "
                + action
                + ", as it denies access: "
                + reason
                + ".",
            "Log in by podman login or docker login, or give the credentials to OciRegistry; ask"
                + " whether they allow this."));
  }

  OverlayException refused(String action, String reason) {
    return new OverlayException(
        Problem.of(
            ProblemCode.REGISTRY_REFUSED,
            "The registry of " + reference + " did not " + action + ": " + reason + ".",
            "Try again later, and look into the log of the registry."));
  }

  /** Finds what the registry itself says. Source: the distribution specification, "Error Codes". */
  private static String reasonOf(String body) {
    String text = body;
    try {
      List<JsonFields> errors =
          JsonFields.of(JsonText.parseObject(body.getBytes(UTF_8))).objects("errors");
      if (!errors.isEmpty()) {
        text = errors.get(0).optionalText("message").orElse(body);
      }
    } catch (IOException e) {
      text = body;
    }
    text = text.replaceAll("\\p{Cntrl}+", " ").strip();
    if (text.length() > TEXT_LENGTH) {
      text = text.substring(0, TEXT_LENGTH) + "...";
    }
    return text.isEmpty() ? "" : " (" + text + ")";
  }
}
