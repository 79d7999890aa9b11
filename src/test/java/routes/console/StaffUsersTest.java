package routes.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

@ExtendWith(OutputCaptureExtension.class)
class StaffUsersTest {

    private final StaffUsers.Fingerprint passwords = new StaffUsers.Fingerprint();

    @Test
    void rolesAddUp() {
        UserDetailsService staff = new StaffUsers().staff(passwords, "secret", true);
        assertThat(roles(staff, "viewer")).containsExactly("ROLE_VIEWER");
        assertThat(roles(staff, "lead")).containsExactlyInAnyOrder("ROLE_VIEWER", "ROLE_STAFF", "ROLE_LEAD");
        assertThat(roles(staff, "admin")).hasSize(5);
    }

    private static String[] roles(UserDetailsService staff, String login) {
        return staff.loadUserByUsername(login).getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .toArray(String[]::new);
    }

    @Test
    void aMadeUpPasswordIsPrintedAndWorks(CapturedOutput printed) {
        UserDetails viewer = new StaffUsers().staff(passwords, "", true).loadUserByUsername("viewer");
        String line = printed.getAll()
                .lines()
                .filter(text -> text.contains("Console login"))
                .findFirst()
                .orElseThrow();
        String secret = line.substring(line.lastIndexOf(' ') + 1);
        assertThat(secret).hasSizeGreaterThanOrEqualTo(20);
        assertThat(passwords.matches(secret, viewer.getPassword())).isTrue();
    }

    @Test
    void twoStartsMakeUpTwoPasswords() {
        UserDetailsService one = new StaffUsers().staff(passwords, "", true);
        UserDetailsService other = new StaffUsers().staff(passwords, "", true);
        assertThat(one.loadUserByUsername("viewer").getPassword())
                .isNotEqualTo(other.loadUserByUsername("viewer").getPassword());
    }

    @Test
    void aSetPasswordIsNeverPrinted(CapturedOutput printed) {
        new StaffUsers().staff(passwords, "a-set-password", true);
        assertThat(printed.getAll()).doesNotContain("a-set-password");
    }

    @Test
    void withoutASandboxAndWithoutAPasswordNobodyLogsIn(CapturedOutput printed) {
        UserDetailsService staff = new StaffUsers().staff(passwords, "", false);
        assertThatThrownBy(() -> staff.loadUserByUsername("admin")).isInstanceOf(UsernameNotFoundException.class);
        assertThat(printed.getAll()).contains("nobody can log in");
    }

    @Test
    void onlyTheSamePasswordMatches() {
        String kept = passwords.encode("right");
        assertThat(passwords.matches("right", kept)).isTrue();
        assertThat(passwords.matches("Right", kept)).isFalse();
        assertThat(passwords.matches("", kept)).isFalse();
    }
}
