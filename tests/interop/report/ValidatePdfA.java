import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Holds PDF files to the flavour of PDF/A that each claims in its own metadata. A line for each file,
 * "FILE FLAVOUR valid" or "FILE FLAVOUR invalid", with a line "  CLAUSE MESSAGE" for each rule broken.
 */
public final class ValidatePdfA {
  public static void main(String[] files) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (String file : files) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file));
          PDFAValidator validator =
              Foundries.defaultInstance().createValidator(parser.getFlavour(), false)) {
        ValidationResult result = validator.validate(parser);
        String verdict = result.isCompliant() ? "valid" : "invalid";
        System.out.println(file + " " + parser.getFlavour().getId() + " " + verdict);
        for (TestAssertion fault : result.getTestAssertions()) {
          System.out.println("  " + fault.getRuleId().getClause() + " " + fault.getMessage());
        }
      }
    }
  }
}
