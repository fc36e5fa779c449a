import { Shell } from './shell.js';
import { SignInGate } from './sign-in/sign-in-gate.js';
import { SettingsContext, useOwnSettings } from './texts/settings.js';

export function App() {
  const settings = useOwnSettings();
  return (
    <SettingsContext.Provider value={settings}>
      <SignInGate>{(signOut, role) => <Shell signOut={signOut} role={role} />}</SignInGate>
    </SettingsContext.Provider>
  );
}
