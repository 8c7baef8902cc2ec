package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;

/** The steps that use open directories, while their entries change or they are moved. */
sealed interface ListingStep extends ReplayStep {

  record OpenListing(int listing, String path) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      session.openListing(listing, ChangingListing.open(session.file(path)));
      return "open";
    }
  }

  /** Reads some entries. The order is not compared, so the result does not name them. */
  record ReadListing(int listing, int count) implements ListingStep {
    @Override
    public String in(ViewSession session) {
      session.listing(listing).read(count);
      return "read";
    }
  }

  record EndListing(int listing) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      String stayed = session.listing(listing).readAll();
      session.closeListing(listing);
      return stayed;
    }
  }

  record DeleteFileIn(int listing, String name) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      session.listing(listing).secure().deleteFile(session.relative(name));
      return "deleted";
    }
  }

  record DeleteDirectoryIn(int listing, String name) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      try {
        session.listing(listing).secure().deleteDirectory(session.relative(name));
        return "deleted";
      } catch (DirectoryNotEmptyException e) {
        // The JDK's own exception has no path here.
        return "not empty";
      }
    }
  }

  /** Renames without a check before, and without a copy if the rename is refused. */
  record MoveIn(int listing, String name, int targetListing, String target) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      session
          .listing(listing)
          .secure()
          .move(
              session.relative(name),
              session.listing(targetListing).secure(),
              session.relative(target));
      return "moved";
    }

    @Override
    public boolean isUndetermined(ViewSession session) throws IOException {
      return session
          .shown()
          .mayDisagree(
              session.listing(listing).attributes(session.relative(name)),
              session.listing(targetListing).attributes(session.relative(target)));
    }
  }

  record ChmodIn(int listing, String name, int mode) implements ListingStep {
    @Override
    public String in(ViewSession session) throws IOException {
      Path entry = session.relative(name);
      session.listing(listing).refuseSpecial(entry);
      session
          .listing(listing)
          .secure()
          .getFileAttributeView(entry, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PermissionModes.permissions(mode));
      return "changed";
    }

    @Override
    public boolean isUndetermined(ViewSession session) {
      return session.shown().keepsOut(mode);
    }
  }
}
