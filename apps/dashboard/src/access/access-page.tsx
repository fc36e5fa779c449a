import { useContext } from 'preact/hooks';
import { isOfOneTeam, ViewerContext } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { BudgetsSection } from './budgets-section.js';
import { KeysSection } from './keys-section.js';
import { TeamsSection } from './teams-section.js';

/** Who may call, and what each caller may spend. The viewer of a team sees the part of that team. */
export function AccessPage() {
  const { texts } = useSettings();
  const isPart = isOfOneTeam(useContext(ViewerContext));
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.access}</h1>
      </header>
      {!isPart && <KeysSection />}
      <BudgetsSection />
      <TeamsSection />
    </>
  );
}
